// Decides what is masked, counts it, and writes a text with words in the place of it.
import { type Found, wordFor } from './findings'
import type { Piece, Span } from './piece'
import type { FindingGroup } from './rule'

/** Own words are always masked; of the rest what was not kept, and whose group is not shown. */
export function decide(all: readonly Found[], keep: ReadonlySet<string>, show: ReadonlySet<FindingGroup>): void {
  for (const one of all) {
    one.masked = one.own || (!keep.has(one.id) && (one.group === 'secret' || !show.has(one.group)))
  }
}

/** The text with everything masked that is to be; counts what stands in it. */
export function maskPiece({ text, spans }: Piece, all: readonly Found[]): string {
  if (spans.length === 0) return text
  spans.sort((a, b) => a.start - b.start || b.end - a.end || certainty(all, b) - certainty(all, a))
  count(spans, all)
  let written = ''
  let done = 0
  for (const { start, end, finding } of joinOverlapping(spans.filter((span) => all[span.finding]?.masked))) {
    written += text.slice(done, start) + wordFor(all[finding] as Found)
    done = end
  }
  return written + text.slice(done)
}

/** What lies within something that is masked is not told of by itself, nor a place twice. */
function count(spans: readonly Span[], all: readonly Found[]): void {
  let covered = 0
  let last: Span | null = null
  for (const span of spans) {
    const one = all[span.finding] as Found
    const isAgain = last !== null && last.finding === span.finding && span.end <= last.end
    if (span.end > covered && !isAgain) {
      one.count++
      last = span
    }
    if (one.masked) covered = Math.max(covered, span.end)
  }
}

/** Those that overlap become one, named after the longest. */
function joinOverlapping(spans: readonly Span[]): Span[] {
  const joined: Span[] = []
  let longest = 0
  for (const { start, end, finding } of spans) {
    const last = joined.at(-1)
    if (!last || start >= last.end) {
      joined.push({ start, end, finding })
      longest = end - start
      continue
    }
    last.end = Math.max(last.end, end)
    if (end - start <= longest) continue
    last.finding = finding
    longest = end - start
  }
  return joined
}

const certainty = (all: readonly Found[], { finding }: Span): number => (all[finding]?.exact ? 1 : 0)
