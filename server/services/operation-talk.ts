// Finds places in a conversation and what lies after them. A conversation is a path of spans; moving a head deletes nothing.
import { sql } from 'drizzle-orm'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import type { Head } from './operation-draft'
import { fromMessageId, toMessageId } from './message-id'
import { describeSideEffect, SHELL_TOOLS, SUSPECT_INPUT } from './side-effects'
import type { PlanView } from './views'

/** Rows `from`..`to` of a segment; the first of them is message `start` of the conversation, counted from 0. */
export type Span = { segmentId: string; from: number; to: number; start: number }

export type Path = { spans: Span[]; total: number }

/** The path that ends at a head, oldest span first. */
export async function readHeadPath(ctx: Context, head: Head): Promise<Path> {
  if (!head.segmentId) return { spans: [], total: 0 }
  const rows = (await ctx.db.execute(sql`
    with recursive path as (
      select id, parent_segment_id, parent_seq, ${head.seq}::int as upto, 0 as depth
      from segments where id = ${head.segmentId}
      union all
      select s.id, s.parent_segment_id, s.parent_seq, p.parent_seq, p.depth + 1
      from path p join segments s on s.id = p.parent_segment_id
      where p.depth < 100000
    )
    select id, upto from path order by depth desc`)) as unknown as { id: string; upto: number }[]
  const spans: Span[] = []
  let total = 0
  for (const row of rows) {
    if (row.upto <= 0) continue
    spans.push({ segmentId: row.id, from: 1, to: row.upto, start: total })
    total += row.upto
  }
  return { spans, total }
}

/** Index of a row in the conversation; null when it is not on the path. */
export function indexOnPath(path: Path, head: Head): number | null {
  const span = path.spans.find((candidate) => candidate.segmentId === head.segmentId)
  if (!span || head.seq < span.from || head.seq > span.to) return null
  return span.start + head.seq - span.from
}

/** The head after which message `index` is the last; -1 gives the empty conversation. */
export function headAt(path: Path, index: number): Head {
  const span = path.spans.findLast((candidate) => candidate.start <= index)
  if (index < 0 || !span) return { segmentId: null, seq: 0 }
  return { segmentId: span.segmentId, seq: span.from + index - span.start }
}

/** Index of a message by its id. @throws AppError `not_found` when it is not in the conversation in force. */
export function indexOfMessage(path: Path, messageId: string): number {
  const index = indexOnPath(path, fromMessageId(messageId))
  if (index === null) {
    throw new AppError(
      'not_found',
      'This message is not in the conversation as it stands now. Choose one that is shown there.',
    )
  }
  return index
}

/** Index of the last message at or before a moment; -1 when all are later. */
export async function indexAtTime(ctx: Context, path: Path, at: Date): Promise<number> {
  for (const span of path.spans.toReversed()) {
    const [row] = (await ctx.db.execute(sql`
      select seq from messages
      where segment_id = ${span.segmentId} and seq between ${span.from} and ${span.to}
        and at <= ${at.toISOString()}::timestamptz
      order by seq desc limit 1`)) as unknown as { seq: number }[]
    if (row) return span.start + row.seq - span.from
  }
  return -1
}

/** When message `index` was said; the time of the nearest earlier one if it has none. Null before the first. */
export async function timeOfMessage(ctx: Context, path: Path, index: number): Promise<Date | null> {
  for (const span of path.spans.toReversed()) {
    if (span.start > index) continue
    const upto = Math.min(span.to, span.from + index - span.start)
    const [row] = (await ctx.db.execute(sql`
      select at from messages
      where segment_id = ${span.segmentId} and seq between ${span.from} and ${upto} and at is not null
      order by seq desc limit 1`)) as unknown as { at: string | Date }[]
    if (row) return new Date(row.at)
  }
  return null
}

/**
 * The last moment at which message `index` is the last one: just before the next was said. What was done between the two
 * belongs to what stays. Null when nothing was said after it or no time is known.
 */
export async function momentAfter(ctx: Context, path: Path, index: number): Promise<Date | null> {
  for (const { s, f, t } of rowsAfter(path, index)) {
    const [row] = (await ctx.db.execute(sql`
      select at from messages where segment_id = ${s} and seq between ${f} and ${t} and at is not null
      order by seq limit 1`)) as unknown as { at: string | Date }[]
    if (row) return new Date(new Date(row.at).getTime() - 1)
  }
  return null
}

/** Rows after message `index`, as (segment, from, to) for one query. */
function rowsAfter(path: Path, index: number): { s: string; f: number; t: number }[] {
  return path.spans
    .map((span) => ({ s: span.segmentId, f: Math.max(span.from, span.from + index + 1 - span.start), t: span.to }))
    .filter((range) => range.f <= range.t)
}

/** What a rewind to message `index` leaves: how many messages, what they cost. Null when there is none. */
export async function messagesAfter(ctx: Context, path: Path, index: number): Promise<PlanView['messages']> {
  const count = path.total - index - 1
  if (count <= 0) return null
  const ranges = JSON.stringify(rowsAfter(path, index))
  const [row] = (await ctx.db.execute(sql`
    select coalesce(sum(m.cost_usd), 0)::float8 as cost,
      coalesce(sum(coalesce(m.tokens_input, 0) + coalesce(m.tokens_output, 0)
        + coalesce(m.tokens_cache_read, 0) + coalesce(m.tokens_cache_write, 0)), 0)::float8 as tokens
    from json_to_recordset(${ranges}::text::json) as r(s uuid, f int, t int)
    join messages m on m.segment_id = r.s and m.seq between r.f and r.t`)) as unknown as {
    cost: number
    tokens: number
  }[]
  return { count, costUsd: row?.cost ?? 0, tokens: row?.tokens ?? 0, fromIndex: index + 1 }
}

const SIDE_EFFECTS_SHOWN = 100

/** Things done after message `index` that no rewind takes back, at most 100, oldest first. */
export async function sideEffectsAfter(ctx: Context, path: Path, index: number): Promise<PlanView['sideEffects']> {
  const ranges = rowsAfter(path, index)
  if (ranges.length === 0) return []
  const rows = (await ctx.db.execute(sql`
    select m.segment_id as segment, m.seq, m.tool_name as "toolName", m.tool_input as "toolInput", m.is_error as "isError"
    from rows from (json_to_recordset(${JSON.stringify(ranges)}::text::json) as (s uuid, f int, t int))
      with ordinality as r(s, f, t, n)
    join messages m on m.segment_id = r.s and m.seq between r.f and r.t
    where m.kind = 'tool' and (m.tool_name like 'mcp\\_\\_%'
      or (m.tool_name ~* ${SHELL_TOOLS} and m.tool_input ~* ${SUSPECT_INPUT}))
    order by r.n, m.seq limit 5000`)) as unknown as {
    segment: string
    seq: number
    toolName: string
    toolInput: string | null
    isError: boolean | null
  }[]
  const found: PlanView['sideEffects'] = []
  for (const row of rows) {
    const what = describeSideEffect(row)
    if (what) found.push({ messageId: toMessageId(row.segment, row.seq), what })
    if (found.length === SIDE_EFFECTS_SHOWN) break
  }
  return found
}
