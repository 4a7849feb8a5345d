// The spark lines of contracts. Each sums a few hundred counts: a list of a hundred contracts must not do that at every look.
import { sql } from 'drizzle-orm'
import type { Context } from '@/server/context'

type Known = { activity: number; readAt: number; spark: number[] }

/** A line that nothing was done on since it was read is still true; one that is older is read again all the same. */
const TRUE_MS = 5_000
const MOST = 10_000

/** By environment: there is one of it in a process, and tests have one each. */
const known = new WeakMap<object, Map<string, Known>>()

/** The lines of these contracts, by id. */
export async function findSparks(
  ctx: Context,
  contracts: readonly { id: string; lastActivityAt: Date; messageCount: number }[],
): Promise<Map<string, number[]>> {
  const lines = known.get(ctx.env) ?? new Map<string, Known>()
  known.set(ctx.env, lines)
  const now = ctx.now().getTime()
  const found = new Map<string, number[]>()
  const missing = new Map<string, number>()
  for (const { id, lastActivityAt, messageCount } of contracts) {
    const activity = lastActivityAt.getTime() + messageCount
    const line = lines.get(id)
    if (line?.activity === activity && now - line.readAt < TRUE_MS) found.set(id, line.spark)
    else missing.set(id, activity)
  }
  if (lines.size > MOST) lines.clear()
  for (const [id, spark] of await readSparks(ctx, [...missing.keys()])) {
    found.set(id, spark)
    lines.set(id, { activity: missing.get(id) ?? 0, readAt: now, spark })
  }
  return found
}

/** Events per day over each contract's last 30 days that had any, oldest first. */
async function readSparks(ctx: Context, ids: string[]): Promise<Map<string, number[]>> {
  if (ids.length === 0) return new Map()
  const rows = await ctx.db.execute<{ id: string; spark: number[] }>(sql`
    select c.id, array(
      select n from (
        select day, sum(n)::int as n from history_counts
        where owner_id = ${ctx.actor.ownerId} and scope = 'contract' and scope_id = c.id
        group by day order by day desc limit 30
      ) days order by day
    ) as spark
    from json_array_elements_text(${JSON.stringify(ids)}::text::json) e cross join lateral (select e.value::uuid as id) c`)
  return new Map(rows.map((row) => [row.id, row.spark]))
}
