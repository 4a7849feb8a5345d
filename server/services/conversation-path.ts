// Owns the arithmetic of conversations: a conversation is a path of stretches through segments, and as their rows are
// numbered without gaps, the n-th message is found by counting. Nothing here reads a message.
import { sql } from 'drizzle-orm'
import type { Context } from '@/server/context'

/** Rows `fromSeq`..`toSeq` of a segment; the first of them stands at position `start` of the conversation. */
export type Span = { segmentId: string; fromSeq: number; toSeq: number; start: number }

/** A row of a segment; seq 0 is the place before the first. Null segment: an empty conversation. */
export type Head = { segmentId: string | null; seq: number }

/** Forks of forks deeper than this do not occur; a ring in damaged data must end somewhere. */
const DEEPEST = 20_000

/** The path that ends at `head`, oldest stretch first; one query, whatever the depth. */
export async function readPath(ctx: Context, head: Head): Promise<Span[]> {
  if (head.segmentId === null) return []
  const rows = await ctx.db.execute<{ id: string; to_seq: number }>(sql`
    with recursive path as (
      select id, parent_segment_id, parent_seq, ${head.seq}::int as to_seq, 0 as depth
      from segments where id = ${head.segmentId} and owner_id = ${ctx.actor.ownerId}
      union all
      select s.id, s.parent_segment_id, s.parent_seq, p.parent_seq, p.depth + 1
      from path p join segments s on s.id = p.parent_segment_id
      where p.depth < ${DEEPEST} and s.id <> p.id
    )
    select id, to_seq from path where to_seq > 0 order by depth desc`)
  let start = 0
  return rows.map(({ id, to_seq }) => {
    const span = { segmentId: id, fromSeq: 1, toSeq: to_seq, start }
    start += to_seq
    return span
  })
}

export const spanLength = (span: Span) => span.toSeq - span.fromSeq + 1

/** How many messages the path holds. */
export function pathLength(spans: readonly Span[]): number {
  const last = spans.at(-1)
  return last ? last.start + spanLength(last) : 0
}

/** The parts of the path at positions `from` up to, not including, `to`. */
export function slicePath(spans: readonly Span[], from: number, to: number): Span[] {
  const parts: Span[] = []
  for (const span of spans) {
    const skip = Math.max(0, from - span.start)
    const take = Math.min(spanLength(span), to - span.start)
    if (skip >= take) continue
    const fromSeq = span.fromSeq + skip
    parts.push({ segmentId: span.segmentId, fromSeq, toSeq: span.fromSeq + take - 1, start: span.start + skip })
  }
  return parts
}

/** Where a row stands in the conversation, from 0; null when it is not on the path. */
export function findPosition(spans: readonly Span[], segmentId: string, seq: number): number | null {
  for (const span of spans) {
    if (span.segmentId !== segmentId || seq < span.fromSeq || seq > span.toSeq) continue
    return span.start + seq - span.fromSeq
  }
  return null
}

/** The row at a position; null outside the conversation. */
export function rowAt(spans: readonly Span[], position: number): { segmentId: string; seq: number } | null {
  const [span] = slicePath(spans, position, position + 1)
  return span ? { segmentId: span.segmentId, seq: span.fromSeq } : null
}

/** The stretches as a table for `json_to_recordset` in SQL, oldest first. */
export function toRecordset(spans: readonly Span[]): string {
  return JSON.stringify(
    spans.map((span, place) => ({
      place,
      segment_id: span.segmentId,
      from_seq: span.fromSeq,
      to_seq: span.toSeq,
      start: span.start,
    })),
  )
}
