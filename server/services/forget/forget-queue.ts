// Wakes the worker for what is to be forgotten.
import { sql } from 'drizzle-orm'
import type { Context } from '@/server/context'

/** In one queue with imports: none may bring back meanwhile what goes. */
export async function enqueueForgetting(ctx: Context, id: string): Promise<void> {
  await ctx.db.execute(sql`
    select graphile_worker.add_job('forget', ${JSON.stringify({ forgettingId: id })}::text::json, queue_name => 'import',
      job_key => ${`forget:${id}`}, max_attempts => 10)`)
}

/** Has it looked after so many hours what has become too old. */
export async function enqueueRetention(ctx: Context, hours: number): Promise<void> {
  await ctx.db.execute(sql`
    select graphile_worker.add_job('apply-retention', '{}'::json, job_key => 'apply-retention', max_attempts => 10,
      run_at => now() + make_interval(hours => ${hours}::int))`)
}
