// Messages of models whose price was not known when they came: with a newer release of the prices it may be.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { type Context, withTransaction } from '@/server/context'
import { PRICES_RELEASE, costOf } from '@/server/services/prices'
import { sumContract, sumTasks } from './totals'

/** So few that nobody who writes to the same rows waits for long. */
const TASKS_AT_ONCE = 20

type Unpriced = {
  segment_id: string
  seq: number
  model: string
  at: number | null
  input: number
  output: number
  cache_read: number
  cache_write: number
}

/**
 * Looks once a release, and at the rest when it was ended in the middle: a price and the sums that it goes into come
 * together or not at all. Answers how many messages got one.
 */
export async function priceAnew(ctx: Context, stopping: AbortSignal): Promise<number> {
  const mark = join(ctx.env.home, 'prices')
  const looked = await readFile(mark, 'utf8').catch(() => '')
  if (looked.trim() === PRICES_RELEASE) return 0
  const tasks = await ctx.db.execute<{ id: string; contract_id: string }>(sql`
    select id, contract_id from tasks where owner_id = ${ctx.actor.ownerId} and cardinality(models) > 0 order by contract_id`)
  let priced = 0
  for (let from = 0; from < tasks.length; from += TASKS_AT_ONCE) {
    if (stopping.aborted) return priced
    const some = tasks.slice(from, from + TASKS_AT_ONCE)
    priced += await withTransaction(ctx, async (inside) => {
      const ids = some.map(({ id }) => id)
      const found = await priceTasks(inside, ids)
      if (found === 0) return 0
      await sumTasks(inside, ids)
      for (const id of new Set(some.map((task) => task.contract_id))) await sumContract(inside, id)
      return found
    })
  }
  await writeFile(mark, `${PRICES_RELEASE}\n`, { mode: 0o600 })
  return priced
}

async function priceTasks(ctx: Context, taskIds: string[]): Promise<number> {
  const rows = await ctx.db.execute<Unpriced>(sql`
    select m.segment_id, m.seq, m.model, (extract(epoch from m.at) * 1000)::float8 as at,
      coalesce(m.tokens_input, 0)::float8 as input, coalesce(m.tokens_output, 0)::float8 as output,
      coalesce(m.tokens_cache_read, 0)::float8 as cache_read, coalesce(m.tokens_cache_write, 0)::float8 as cache_write
    from segments g join messages m on m.segment_id = g.id
    where g.task_id = any(${sql.param(taskIds)}::uuid[]) and m.cost_usd is null and m.model is not null
      and m.tokens_output is not null`)
  const priced = rows.flatMap(({ segment_id, seq, model, at, input, output, cache_read, cache_write }) => {
    const cost = costOf(model, { input, output, cacheRead: cache_read, cacheWrite: cache_write }, at)
    return cost === null ? [] : [{ segment_id, seq, cost }]
  })
  if (priced.length === 0) return 0
  await ctx.db.execute(sql`
    update messages m set cost_usd = p.cost
    from json_to_recordset(${JSON.stringify(priced)}::text::json) as p(segment_id uuid, seq int, cost float8)
    where m.segment_id = p.segment_id and m.seq = p.seq and m.cost_usd is null`)
  return priced.length
}
