// Takes events out of the history, which nothing else does, and out of the counts beside it.
import { type SQL, sql } from 'drizzle-orm'
import type { Context } from '@/server/context'
import type { Erasure } from './erasure'
import { anyOf } from './id-list'

type Named = Pick<
  Erasure,
  'contracts' | 'tasks' | 'sources' | 'operations' | 'checkpoints' | 'shares' | 'imports' | 'shelfItems'
>

/** The condition for events of what goes, and for those of others that name it: they hold names and words. */
export function eventsOf(erasure: Named): SQL {
  const { contracts, tasks, sources, operations, checkpoints, shares, imports, shelfItems } = erasure
  const named = [
    ...contracts,
    ...tasks,
    ...sources,
    ...operations,
    ...checkpoints,
    ...shares,
    ...imports,
    ...shelfItems,
  ]
  return sql`(contract_id = ${anyOf(contracts)} or task_id = ${anyOf(tasks)}
    or exists (select from jsonb_each_text(event_data) d
      where d.key not in ('parentTaskId', 'replaces') and d.value = any(${sql.param(named)}::text[])))`
}

/** In the transaction that `ctx.db` is in. Answers with how many went. */
export async function eraseEvents(ctx: Context, which: SQL): Promise<number> {
  const [row] = await ctx.db.execute<{ n: number }>(sql`
    with gone as (
      delete from history_events where owner_id = ${ctx.actor.ownerId} and ${which}
      returning owner_id, contract_id, task_id, repository_id, agent, event_type, phase, created_at),
    daily as (
      select owner_id, contract_id, task_id, repository_id, (created_at at time zone 'UTC')::date as day,
        event_type, coalesce(phase, '') as phase, coalesce(agent, '') as agent, count(*) as n
      from gone group by 1, 2, 3, 4, 5, 6, 7, 8),
    less as (
      select owner_id, s.scope || b.suffix as scope, s.scope_id, b.day, event_type, phase, agent, sum(n) as n
      from daily
      cross join lateral (values
        ('owner', owner_id), ('repository', repository_id), ('contract', contract_id), ('task', task_id),
        ('pair', case when repository_id is not null and contract_id is not null
          then md5(contract_id::text || repository_id::text)::uuid end)
      ) as s(scope, scope_id)
      cross join lateral (values ('', daily.day), ('_month', date_trunc('month', daily.day)::date)) as b(suffix, day)
      where s.scope_id is not null
      group by 1, 2, 3, 4, 5, 6, 7),
    counted as (
      update history_counts c set n = c.n - l.n from less l
      where (c.owner_id, c.scope, c.scope_id, c.day, c.event_type, c.phase, c.agent)
        = (l.owner_id, l.scope, l.scope_id, l.day, l.event_type, l.phase, l.agent))
    select count(*)::int as n from gone`)
  await ctx.db.execute(sql`delete from history_counts where owner_id = ${ctx.actor.ownerId} and n <= 0`)
  return row?.n ?? 0
}
