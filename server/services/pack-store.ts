// Asks for a repository's store to be made independent of the person's git, and to be tidied.
import { sql } from 'drizzle-orm'
import type { Context } from '@/server/context'

/**
 * Many calls make one job of each kind, and none puts it off: what checkpoints borrow is made the store's own a second
 * later, however many follow, and all of it is packed anew within two minutes.
 */
export async function enqueuePackStore(ctx: Context, repositoryId: string): Promise<void> {
  await enqueue(ctx, 'own-objects', repositoryId, '1 second')
  await enqueue(ctx, 'pack-store', repositoryId, '2 minutes')
}

async function enqueue(ctx: Context, task: string, repositoryId: string, after: string): Promise<void> {
  await ctx.db.execute(sql`
    select graphile_worker.add_job(${task}, ${JSON.stringify({ repositoryId })}::text::json,
      queue_name => ${`pack:${repositoryId}`}, run_at => now() + ${after}::text::interval,
      job_key => ${`${task}:${repositoryId}`}, job_key_mode => 'preserve_run_at', max_attempts => 5)`)
}
