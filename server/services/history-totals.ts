// Counts events without reading them: whole months and days come from the counts, and only the two cut days at the ends
// of a chosen time are counted row by row. The same numbers tell a page where it must look.
import { sql } from 'drizzle-orm'
import { executePrepared } from '@/db/prepared'
import type { Context } from '@/server/context'
import { COUNT_COLUMNS, EVENT_COLUMNS, type HistoryFilter, mixWhere, scopeOf } from './history-filter'

/** A stretch of time with how many events fit the filter and how many there are of any kind. Times in ms. */
export type Bucket = { from: number; to: number; matching: number; everything: number }

const DAY = 86_400_000
const LONG_AGO = Date.UTC(1, 0, 1)
const FAR_AHEAD = Date.UTC(9999, 11, 1)

const floorDay = (at: number) => Math.floor(at / DAY) * DAY
const ceilDay = (at: number) => Math.ceil(at / DAY) * DAY
const monthOf = (at: number, add = 0) => {
  const date = new Date(at)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + add, 1)
}
const floorMonth = (at: number) => monthOf(at)
const ceilMonth = (at: number) => (monthOf(at) === at ? at : monthOf(at, 1))
const toDay = (at: number) => new Date(at).toISOString().slice(0, 10)

type Range = [from: number, to: number]

/** Cuts a time into whole months, whole days and the rest. */
export function cutTime(from: number | null, to: number | null): { months: Range[]; days: Range[]; rest: Range[] } {
  const [first, past] = [from ?? LONG_AGO, to ?? FAR_AHEAD]
  const some = ([a, b]: Range) => a < b
  const [dayFrom, dayTo] = [from === null ? first : ceilDay(first), to === null ? past : floorDay(past)]
  if (dayFrom >= dayTo) return { months: [], days: [], rest: [[first, past] as Range].filter(some) }
  const [monthFrom, monthTo] = [from === null ? first : ceilMonth(dayFrom), to === null ? past : floorMonth(dayTo)]
  const rest = [[first, dayFrom] as Range, [dayTo, past] as Range].filter(some)
  if (monthFrom >= monthTo) return { months: [], days: [[dayFrom, dayTo]], rest }
  return {
    months: [[monthFrom, monthTo]],
    days: [[dayFrom, monthFrom] as Range, [monthTo, dayTo] as Range].filter(some),
    rest,
  }
}

/** Stretches that hold any event of the filter's place and time, newest first. */
export async function readBuckets(ctx: Context, filter: HistoryFilter): Promise<Bucket[]> {
  const scope = scopeOf(ctx, filter)
  const { months, days, rest } = cutTime(filter.from?.getTime() ?? null, filter.to?.getTime() ?? null)
  const counted = (suffix: string, [from, to]: Range) => sql`
    select ${suffix}::text as size, day::text as at, null::float8 as till,
      coalesce(sum(n) filter (where ${mixWhere(filter, COUNT_COLUMNS)}), 0)::float8 as matching, sum(n)::float8 as everything
    from history_counts
    where owner_id = ${ctx.actor.ownerId} and scope = ${scope.name + suffix} and scope_id = ${scope.id}
      and day >= ${toDay(from)} and day < ${toDay(to)}
    group by day`
  const rows = ([from, to]: Range) => sql`
    select 'rows' as size, ${new Date(from).toISOString()}::text as at, ${to}::float8 as till,
      count(*)::float8 as matching, count(*)::float8 as everything
    from history_events e
    where ${scope.where} and ${mixWhere(filter, EVENT_COLUMNS)}
      and e.created_at >= ${new Date(from).toISOString()}::timestamptz and e.created_at < ${new Date(to).toISOString()}::timestamptz`
  const parts = scope.uncounted
    ? [rows([filter.from?.getTime() ?? LONG_AGO, filter.to?.getTime() ?? FAR_AHEAD])]
    : [
        ...months.map((range) => counted('_month', range)),
        ...days.map((range) => counted('', range)),
        ...rest.map(rows),
      ]
  if (parts.length === 0) return []
  const found = await executePrepared<{
    size: string
    at: string
    till: number | null
    matching: number
    everything: number
  }>(ctx.db, sql.join(parts, sql` union all `))
  return found
    .map(({ size, at, till, matching, everything }) => {
      const from = Date.parse(at)
      return { from, to: till ?? (size === '_month' ? monthOf(from, 1) : from + DAY), matching, everything }
    })
    .filter((bucket) => bucket.everything > 0)
    .sort((a, b) => b.from - a.from)
}
