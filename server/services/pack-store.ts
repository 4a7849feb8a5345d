// Asks for a repository's store to be packed, so that its checkpoints outlive what the person's own git prunes.
import { sql } from 'drizzle-orm'
import type { Context } from '@/server/context'

/** Many calls make one job, a little later: packing once after an import or a row of captures is enough. */
export async function enqueuePackStore(ctx: Context, repositoryId: string): Promise<void> {
  await ctx.db.execute(sql`
    select graphile_worker.add_job('pack-store', ${JSON.stringify({ repositoryId })}::text::json,
      queue_name => ${`pack:${repositoryId}`}, run_at => now() + interval '5 seconds', job_key => ${`pack:${repositoryId}`}, max_attempts => 5)`)
}
