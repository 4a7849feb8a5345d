// Blanks a stream as it comes, a place that lies across two pieces too; the same bytes come out however they were cut.
import { blankPlace, type Matcher, placesOf } from './blank'

const BACKSLASH = 0x5c

export async function* blankPieces(pieces: AsyncIterable<Buffer>, matcher: Matcher): AsyncGenerator<Buffer> {
  // As they were: a place may begin in them that ends in the next piece.
  let held: Buffer = Buffer.alloc(0)
  let slashes = 0
  for await (const piece of pieces) {
    const all = held.length === 0 ? piece : Buffer.concat([held, piece])
    const certain = all.length - (matcher.longest - 1)
    if (certain <= 0) {
      held = all
      continue
    }
    const places = placesOf(matcher, all, slashes).filter(({ from }) => from < certain)
    const end = Math.max(certain, places.at(-1)?.to ?? 0)
    yield blanked(all.subarray(0, end), places)
    slashes = trailingSlashes(all.subarray(0, end), slashes)
    held = all.subarray(end)
  }
  if (held.length > 0) yield blanked(held, placesOf(matcher, held, slashes))
}

function blanked(bytes: Buffer, places: ReturnType<typeof placesOf>): Buffer {
  if (places.length === 0) return bytes
  const copy = Buffer.from(bytes)
  for (const { from, to } of places) blankPlace(copy.subarray(from, to))
  return copy
}

function trailingSlashes(bytes: Buffer, before: number): number {
  let count = 0
  while (count < bytes.length && bytes[bytes.length - count - 1] === BACKSLASH) count++
  return count === bytes.length ? count + before : count
}
