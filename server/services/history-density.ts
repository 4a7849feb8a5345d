// How much happened when, and what there is to choose from: both from the counts alone.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '@/server/context'
import {
  COUNT_COLUMNS,
  EVENT_COLUMNS,
  type HistoryFilter,
  historyFilter,
  mixWhere,
  narrowPlace,
  scopeOf,
} from './history-filter'
import { idInput } from './inputs'
import type { DensityView } from './views'

/** Events per day and kind, days without any left out. Days are whole and in UTC: cut ends of a chosen time count fully. */
export async function getDensity(ctx: Context, input: HistoryFilter): Promise<DensityView> {
  const filter = await narrowPlace(ctx, historyFilter.parse(input))
  const scope = scopeOf(ctx, filter)
  const day = (at: Date) => at.toISOString().slice(0, 10)
  const first = filter.from ? day(filter.from) : '0001-01-01'
  const last = filter.to ? day(new Date(filter.to.getTime() - 1)) : '9999-12-31'
  const rows = await ctx.db.execute<{ day: string; type: string; n: number }>(
    scope.uncounted
      ? sql`
        select (e.created_at at time zone 'UTC')::date::text as day, e.event_type as type, count(*)::float8 as n
        from history_events e
        where ${scope.where} and ${mixWhere(filter, EVENT_COLUMNS)}
          and e.created_at >= ${first}::timestamptz and e.created_at < ${last}::timestamptz + interval '1 day'
        group by 1, 2 order by 1`
      : sql`
        select day::text as day, event_type as type, sum(n)::float8 as n from history_counts
        where owner_id = ${ctx.actor.ownerId} and scope = ${scope.name} and scope_id = ${scope.id}
          and day between ${first} and ${last} and ${mixWhere(filter, COUNT_COLUMNS)}
        group by 1, 2 order by 1`,
  )
  const days: DensityView['days'] = []
  for (const { day, type, n } of rows) {
    let entry = days.at(-1)
    if (entry?.day !== day) {
      entry = { day, total: 0, byType: {} }
      days.push(entry)
    }
    entry.total += n
    entry.byType[type] = n
  }
  const today = day(ctx.now())
  return {
    from: filter.from ? first : (days[0]?.day ?? today),
    to: filter.to ? last : (days.at(-1)?.day ?? today),
    days,
  }
}

export const facetsInput = z.object({ contractId: idInput.nullish() })

export type Facets = {
  repositories: { id: string; name: string }[]
  agents: string[]
  eventTypes: { type: string; n: number }[]
}

/** What occurs in the whole history, or in that of one contract. */
export async function getFacets(ctx: Context, input: z.infer<typeof facetsInput>): Promise<Facets> {
  const scope = scopeOf(ctx, { contractId: input.contractId })
  const [counts, repositories] = await Promise.all([
    ctx.db.execute<{ type: string; agent: string; n: number }>(sql`
      select event_type as type, agent, sum(n)::float8 as n from history_counts
      where owner_id = ${ctx.actor.ownerId} and scope = ${`${scope.name}_month`} and scope_id = ${scope.id}
      group by 1, 2`),
    ctx.db.execute<{ id: string; name: string }>(sql`
      select r.id, r.name from repositories r where r.owner_id = ${ctx.actor.ownerId} ${
        input.contractId
          ? sql`and (r.id in (select repository_id from tasks where contract_id = ${input.contractId})
              or r.id in (select repository_id from contracts where id = ${input.contractId}))`
          : sql``
      } order by lower(r.name), r.id limit 1000`),
  ])
  const types = new Map<string, number>()
  for (const { type, n } of counts) types.set(type, (types.get(type) ?? 0) + n)
  return {
    repositories: [...repositories],
    agents: [...new Set(counts.map((row) => row.agent).filter((agent) => agent !== ''))].sort(),
    eventTypes: [...types].map(([type, n]) => ({ type, n })).sort((a, b) => b.n - a.n || a.type.localeCompare(b.type)),
  }
}
