// Takes a document in piece by piece and leaves out messages that are too large to be held: such a message costs itself,
// not its session. Owns no meaning of any value but the name of the list that the messages stand in.
import type { Span } from './types'

/** A larger message of a document is left out. */
export const MOST_ELEMENT_BYTES = 32 << 20
/** More than this of a document is not held. */
export const MOST_DOCUMENT_BYTES = 64 << 20

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const MOST_KEY = 200

/** What stands for a message that was left out: every reader of documents shows it as a kind it does not know. */
const STAND_IN = Buffer.from('{"type":"too_long","info":{"role":"too_long"},"parts":[]}')

export class DocumentBytes {
  private held: Buffer[] = []
  /** Bytes held, without those that were left out. */
  size = 0
  private offset = 0
  private depth = 0
  private inString = false
  private escaped = false
  private key: number[] = []
  private lastKey = ''
  private isInList = false
  private elementStart = -1
  private sizeAtElement = 0
  private isLeavingOut = false
  private elements: Span[] = []
  private leftOut = 0

  constructor(
    private readonly list: string,
    private readonly mostElement = MOST_ELEMENT_BYTES,
    private readonly most = MOST_DOCUMENT_BYTES,
  ) {}

  /** True once more would have to be held than is; nothing is kept then. */
  get isTooLarge(): boolean {
    // A message that may still be left out does not count yet.
    return (this.elementStart < 0 ? this.size : this.sizeAtElement) > this.most
  }

  get length(): number {
    return this.offset
  }

  /** The places of all messages, when one of them was left out; else null, as the bytes tell them. */
  get places(): Span[] | null {
    return this.leftOut > 0 ? this.elements : null
  }

  bytes(): Buffer {
    return Buffer.concat(this.held)
  }

  add(bytes: Buffer): void {
    // Where the bytes begin that are to be held.
    let from = 0
    for (let at = 0; at < bytes.length; at++) {
      if (this.inString) {
        at = this.readString(bytes, at)
        continue
      }
      const byte = bytes[at]
      if (byte === QUOTE) {
        this.inString = true
        this.key = []
      } else if (byte === COLON && this.depth === 1) this.lastKey = String.fromCharCode(...this.key)
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (this.isInList && this.depth === 2) {
          this.hold(bytes.subarray(from, at))
          from = at
          this.beginElement(this.offset + at)
        }
        this.depth++
        if (this.depth === 2 && byte === OPEN_BRACKET && this.lastKey === this.list) this.isInList = true
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        this.depth--
        if (this.isInList && this.depth === 2 && this.elementStart >= 0) {
          this.hold(bytes.subarray(from, at + 1))
          from = at + 1
          this.endElement(this.offset + at + 1)
        } else if (this.depth === 1) this.isInList = false
      }
    }
    this.hold(bytes.subarray(from))
    this.offset += bytes.length
  }

  private readString(bytes: Buffer, start: number): number {
    for (let at = start; at < bytes.length; at++) {
      const byte = bytes[at] as number
      if (this.escaped) this.escaped = false
      else if (byte === BACKSLASH) this.escaped = true
      else if (byte === QUOTE) {
        this.inString = false
        return at
      }
      if (this.depth === 1 && this.key.length < MOST_KEY) this.key.push(byte)
    }
    return bytes.length
  }

  private beginElement(at: number): void {
    this.elementStart = at
    this.sizeAtElement = this.size
    this.isLeavingOut = false
  }

  private endElement(at: number): void {
    this.elements.push({ offset: this.elementStart, length: at - this.elementStart })
    this.elementStart = -1
    if (!this.isLeavingOut) return
    this.isLeavingOut = false
    this.leftOut++
    this.hold(STAND_IN)
  }

  private hold(bytes: Buffer): void {
    if (bytes.length === 0 || this.isLeavingOut) return
    this.held.push(bytes)
    this.size += bytes.length
    if (this.elementStart >= 0 && this.size - this.sizeAtElement > this.mostElement) this.dropElement()
    // The document is not read any more; what comes is only counted.
    else if (this.isTooLarge) this.held = []
  }

  private dropElement(): void {
    this.isLeavingOut = true
    while (this.size > this.sizeAtElement) {
      const last = this.held.pop()
      if (last === undefined) break
      this.size -= last.length
    }
  }
}
