// Totals of tasks and contracts.
import { sql } from 'drizzle-orm'
import type { Context } from '@/server/context'

/** Sums are taken from the rows, so they are right whatever was forked, replayed or patched. */
export async function sumTasks(ctx: Context, taskIds: string[]): Promise<void> {
  if (taskIds.length === 0) return
  await ctx.db.execute(sql`
    update tasks set message_count = s.messages, tool_call_count = s.calls, tokens_input = s.input, tokens_output = s.output,
      tokens_cache_read = s.cache_read, tokens_cache_write = s.cache_write, cost_usd = s.cost
    from (
      select g.task_id, count(m.seq) as messages, count(m.seq) filter (where m.kind = 'tool') as calls,
        coalesce(sum(m.tokens_input), 0) as input, coalesce(sum(m.tokens_output), 0) as output,
        coalesce(sum(m.tokens_cache_read), 0) as cache_read, coalesce(sum(m.tokens_cache_write), 0) as cache_write,
        coalesce(sum(m.cost_usd), 0) as cost
      from segments g left join messages m on m.segment_id = g.id
      where g.task_id in ${taskIds} group by g.task_id
    ) s where tasks.id = s.task_id`)
}

/** A contract's totals are the sums over its tasks. */
export async function sumContract(ctx: Context, contractId: string): Promise<void> {
  await ctx.db.execute(sql`
    update contracts set task_count = s.tasks, message_count = s.messages, tokens_input = s.input, tokens_output = s.output,
      tokens_cache_read = s.cache_read, tokens_cache_write = s.cache_write, cost_usd = s.cost, agents = s.agents,
      checkpoint_count = (select count(*) from task_checkpoints where contract_id = ${contractId}),
      last_activity_at = greatest(s.last_at, contracts.last_activity_at)
    from (
      select count(*) as tasks, sum(message_count) as messages, sum(tokens_input) as input, sum(tokens_output) as output,
        sum(tokens_cache_read) as cache_read, sum(tokens_cache_write) as cache_write, sum(cost_usd) as cost,
        array_agg(distinct agent) as agents, max(last_activity_at) as last_at
      from tasks where contract_id = ${contractId}
    ) s where contracts.id = ${contractId}`)
}
