// Blanks stretches of bytes without moving any other: what is JSON stays JSON, and every record stays where it was.

const STAR = 0x2a
const BACKSLASH = 0x5c
const QUOTE = 0x22
/** Lines stay lines. */
const LINE_ENDS = new Set([0x0a, 0x0d])
/** Kept where a stretch goes over the end of a JSON string: the record would else be none. */
const STRUCTURE = new Set(Buffer.from('"{}[]:,'))
/** After an odd number of backslashes these are part of an escape such as \n, and no letter of the text. */
const ESCAPES = new Set(Buffer.from('"\\/bfnrtu'))

/** From a byte up to, and without, another. */
export type Stretch = { from: number; to: number }

/** Finds every place of what it looks for; places may overlap. */
export type Matcher = {
  /** The longest that it finds, in bytes. */
  longest: number
  find(bytes: Buffer): Stretch[]
}

/** Looks for these spellings as they are. */
export function plainMatcher(spellings: readonly string[]): Matcher {
  const patterns = spellings.map((spelling) => Buffer.from(spelling))
  return {
    longest: Math.max(...patterns.map(({ length }) => length)),
    find: (bytes) =>
      patterns.flatMap((pattern) => {
        const found: Stretch[] = []
        for (let at = bytes.indexOf(pattern); at !== -1; at = bytes.indexOf(pattern, at + 1)) {
          found.push({ from: at, to: at + pattern.length })
        }
        return found
      }),
  }
}

/** Whether the letter at `at` belongs to an escape. `slashes`: backslashes that end what stands before `bytes`. */
export function isEscaped(bytes: Buffer, at: number, slashes: number): boolean {
  let count = 0
  while (at - count > 0 && bytes[at - count - 1] === BACKSLASH) count++
  if (count === at) count += slashes
  return count % 2 === 1 && ESCAPES.has(bytes[at] ?? 0)
}

/**
 * The places that are to be blanked, from the first on and without those that begin in one before; the longest of
 * those that begin together. `slashes`: backslashes that end what stands before `bytes`.
 */
export function placesOf(matcher: Matcher, bytes: Buffer, slashes: number | null = 0): Stretch[] {
  const isText = (from: number) => slashes === null || !isEscaped(bytes, from, slashes)
  const found = matcher.find(bytes).filter(({ from }) => isText(from))
  found.sort((a, b) => a.from - b.from || b.to - a.to)
  const places: Stretch[] = []
  for (const stretch of found) if (stretch.from >= (places.at(-1)?.to ?? 0)) places.push(stretch)
  return places
}

/** Writes over these bytes, all of one place. */
export function blankPlace(place: Buffer, isPlain = false): void {
  const as = Buffer.from(place)
  const keepsStructure = !isPlain && as.some((byte, at) => byte === QUOTE && !isEscaped(as, at, 0))
  for (const [at, byte] of as.entries()) {
    if (LINE_ENDS.has(byte) || (keepsStructure && STRUCTURE.has(byte))) continue
    place[at] = STAR
  }
}

/** A blanked copy, or null when there was nothing to blank. */
export function blankBytes(matcher: Matcher, bytes: Buffer): { bytes: Buffer; places: number } | null {
  const places = placesOf(matcher, bytes)
  if (places.length === 0) return null
  const copy = Buffer.from(bytes)
  for (const { from, to } of places) blankPlace(copy.subarray(from, to))
  return { bytes: copy, places: places.length }
}

/** The same for a text. `isPlain`: a backslash in it is one, and begins no escape of JSON. */
export function blankText(matcher: Matcher, text: string, isPlain: boolean): string {
  const bytes = Buffer.from(text)
  const places = placesOf(matcher, bytes, isPlain ? null : 0)
  if (places.length === 0) return text
  for (const { from, to } of places) blankPlace(bytes.subarray(from, to), isPlain)
  return bytes.toString('utf8')
}
