// Pages of the history. The counts say in which months enough events fit, so that a page reads little more than itself
// whatever the filter and however far back it is.
import { type SQL, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { executePrepared } from '@/db/prepared'
import type { Context } from '@/server/context'
import { decodePlace, encodePlace } from './cursors'
import {
  COUNT_COLUMNS,
  EVENT_COLUMNS,
  type HistoryFilter,
  historyListInput,
  isMixed,
  mixWhere,
  narrowPlace,
  type Scope,
  scopeOf,
} from './history-filter'
import { type Bucket, readBuckets } from './history-totals'
import type { EventView, Page } from './views'

type Cursor = { at: string; id: string }
type Direction = 'older' | 'newer'
type Window = { from: number; to: number; matching: number; everything: number }

/** Rows that beginning to read one more mix costs, over all that may occur. */
const MIXES_COST = 100
/** Mixes of kind, phase and agent that a filter usually leaves. */
const MIXES = 40

/** Newest first; `newer` goes back up from a cursor. `totalCount` is that of the filter, not of the page. */
export async function listHistory(ctx: Context, input: z.input<typeof historyListInput>): Promise<Page<EventView>> {
  const filter = await narrowPlace(ctx, historyListInput.parse(input))
  const cursor = filter.cursor ? decodePlace(filter.cursor) : null
  const direction = cursor ? filter.direction : 'older'
  const buckets = await readBuckets(ctx, filter)
  const totalCount = buckets.reduce((sum, bucket) => sum + bucket.matching, 0)
  const window = findWindow(buckets, cursor, direction, filter.limit + 1)
  const found = window ? await readPage(ctx, filter, window, cursor, direction, filter.limit + 1) : []
  const page = found.slice(0, filter.limit)
  const more = found.length > filter.limit
  const entries = direction === 'older' ? page : page.reverse()
  const [first, last] = [entries[0], entries.at(-1)]
  const [hasOlder, hasNewer] = direction === 'older' ? [more, cursor !== null] : [true, more]
  return {
    entries,
    nextCursor: hasOlder && last ? encodePlace(last.createdAt, last.id) : null,
    previousCursor: hasNewer && first ? encodePlace(first.createdAt, first.id) : null,
    totalCount,
  }
}

/** The shortest stretch beside the cursor that surely holds `wanted` fitting events, or all there are; null for none. */
export function findWindow(
  buckets: readonly Bucket[],
  cursor: { at: string } | null,
  direction: Direction,
  wanted: number,
): Window | null {
  const at = cursor ? Date.parse(cursor.at) : null
  const older = direction === 'older'
  const ahead = buckets.filter(
    (bucket) => bucket.matching > 0 && (at === null || (older ? bucket.from <= at : bucket.to > at)),
  )
  const ordered = older ? ahead : ahead.toReversed()
  let window = null as Window | null
  let sure = 0
  for (const bucket of ordered) {
    window = {
      from: Math.min(bucket.from, window?.from ?? bucket.from),
      to: Math.max(bucket.to, window?.to ?? bucket.to),
      matching: bucket.matching + (window?.matching ?? 0),
      everything: bucket.everything + (window?.everything ?? 0),
    }
    // Of the stretch that the cursor stands in, it is not known how much lies beyond.
    const whole = at === null || (older ? bucket.to <= at : bucket.from > at)
    if (whole) sure += bucket.matching
    if (sure >= wanted) break
  }
  return window
}

type Row = Omit<EventView, 'createdAt'> & { at: number }

async function readPage(
  ctx: Context,
  filter: HistoryFilter,
  window: Window,
  cursor: Cursor | null,
  direction: Direction,
  limit: number,
): Promise<EventView[]> {
  const scope = scopeOf(ctx, filter)
  const step =
    direction === 'older'
      ? { order: sql.raw('desc'), beyond: sql.raw('<') }
      : { order: sql.raw('asc'), beyond: sql.raw('>') }
  const order = sql`order by e.created_at ${step.order}, e.id ${step.order} limit ${limit}`
  const time = endsOf(filter, window, cursor, direction)
  if (cursor) time.push(sql`(e.created_at, e.id) ${step.beyond} (${cursor.at}::timestamptz, ${cursor.id}::uuid)`)
  const within = sql.join([scope.where, ...time], sql` and `)
  const apart = isMixed(filter) && scope.name !== 'task' && isCheaperApart(window, limit)
  const page = apart
    ? mergeMixes(ctx, filter, scope, window, within, order)
    : sql`select * from history_events e where ${within} and ${mixWhere(filter, EVENT_COLUMNS)} ${order}`
  const rows = await executePrepared<Row>(
    ctx.db,
    sql`
    select e.id, e.event_type as "eventType", e.event_subtype as "eventSubtype", e.phase, e.agent,
      e.contract_id as "contractId", c.name as "contractName", e.task_id as "taskId", t.name as "taskName",
      e.repository_id as "repositoryId", e.event_data as "eventData",
      (extract(epoch from e.created_at) * 1000)::float8 as at
    from (${page}) e
    left join contracts c on c.id = e.contract_id
    left join tasks t on t.id = e.task_id
    ${order}`,
  )
  return rows.map(({ at, ...row }) => ({ ...row, createdAt: new Date(at) }))
}

/**
 * One bound at each end, where reading begins the cursor itself: an index is entered at one of the bounds that it finds,
 * and passes over all that lies between that and the narrower ones. A window is made of whole days, of which a person may
 * have chosen a part.
 */
function endsOf(filter: HistoryFilter, window: Window, cursor: Cursor | null, direction: Direction): SQL[] {
  const from = Math.max(window.from, filter.from?.getTime() ?? window.from)
  const to = Math.min(window.to, filter.to?.getTime() ?? window.to)
  const at = cursor ? Date.parse(cursor.at) : null
  const isInside = at !== null && from <= at && at < to
  const moment = (ms: number) => sql`${new Date(ms).toISOString()}::timestamptz`
  return [
    sql`e.created_at >= ${moment(isInside && direction === 'newer' ? at : from)}`,
    isInside && direction === 'older' ? sql`e.created_at <= ${moment(at)}` : sql`e.created_at < ${moment(to)}`,
  ]
}

/**
 * Whether to read each mix of kind, phase and agent by itself and merge them, or all rows in order and pass over what does
 * not fit: the first reads at most a page of each mix, the second so many times the page as others stand between.
 */
function isCheaperApart({ matching, everything }: Window, limit: number): boolean {
  return Math.min(matching, limit * MIXES) + MIXES_COST < (limit * everything) / matching
}

/** Reads each mix that occurs as its own stretch of an index, at most a page of it. */
function mergeMixes(ctx: Context, filter: HistoryFilter, scope: Scope, window: Window, within: SQL, order: SQL): SQL {
  const day = (at: number) => new Date(at).toISOString().slice(0, 10)
  return sql`
    select e.* from (
      select distinct event_type, phase, agent from history_counts
      where owner_id = ${ctx.actor.ownerId} and scope = ${`${scope.name}_month`} and scope_id = ${scope.id}
        and day >= date_trunc('month', ${day(window.from)}::date)::date and day < ${day(window.to)}::date + 1
        and ${mixWhere(filter, COUNT_COLUMNS)}
    ) mix cross join lateral (
      select * from history_events e
      where ${within} and e.event_type = mix.event_type
        and coalesce(e.phase, '') = mix.phase and coalesce(e.agent, '') = mix.agent
      ${order}
    ) e ${order}`
}
