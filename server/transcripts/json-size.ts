// Looks at JSON as bytes, piece by piece, to tell how large it is before anything is made of it.

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/** Values are held in memory at many times their bytes: millions of empty lists would end the process. */
export const MOST_VALUES = 2_000_000

/** True for a JSON text of more values than are read at once. */
export function hasTooManyValues(bytes: Buffer, most = MOST_VALUES): boolean {
  // Each value has at least one byte, and most have many.
  if (bytes.length < most) return false
  let values = 0
  let inString = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (inString) {
      if (byte === BACKSLASH) at++
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) inString = true
    else if (byte === COMMA || byte === OPEN_BRACE || byte === OPEN_BRACKET) values++
  }
  return values > most
}

/** Follows the brackets of one JSON value through pieces of it. */
export class ValueEnd {
  private depth = 0
  private inString = false
  private escaped = false
  private begun = false

  /** True once the value that began has ended. */
  get ended(): boolean {
    return this.begun && this.depth === 0 && !this.inString
  }

  read(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at++) {
      if (this.inString) {
        at = this.readString(bytes, at)
        continue
      }
      const byte = bytes[at]
      if (byte === QUOTE) this.inString = true
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        this.depth++
        this.begun = true
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.depth--
    }
  }

  /** Goes on in a string; answers where its last byte in this piece is. */
  private readString(bytes: Buffer, start: number): number {
    let at = start
    if (this.escaped) {
      this.escaped = false
      at++
    }
    while (at < bytes.length) {
      const quote = bytes.indexOf(QUOTE, at)
      const end = quote < 0 ? bytes.length : quote
      let slashes = 0
      while (end - 1 - slashes >= at && bytes[end - 1 - slashes] === BACKSLASH) slashes++
      if (quote < 0) {
        this.escaped = slashes % 2 === 1
        return bytes.length
      }
      if (slashes % 2 === 0) {
        this.inString = false
        return quote
      }
      at = quote + 1
    }
    return at
  }
}
