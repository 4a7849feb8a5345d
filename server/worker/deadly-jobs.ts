// Ends jobs over which the worker died twice: the third try would end the same way, and with it whatever else is at work.
// An erasure alone is gone on with until it is whole, as the person was told that everything goes.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '@/server/context'
import { logger } from '@/server/log'
import { failImport } from '@/server/services/import/run'

const DEATHS = 2
const importPayload = z.object({ importId: z.uuid() })

export type HeldJob = { id: string; task: string; payload: unknown }

/**
 * Counts one death for each job that the dead worker of these pools was at. Called before its jobs are freed.
 * @returns the jobs that have had enough of them
 */
export async function countDeaths(ctx: Context, pools: readonly string[]): Promise<HeldJob[]> {
  return ctx.db.execute<HeldJob>(sql`
    with held as (
      select j.id, j.task_identifier as task, p.payload
      from graphile_worker.jobs j join graphile_worker._private_jobs p on p.id = j.id
      where j.locked_by = any(${sql.param(pools)}::text[]) and j.task_identifier <> 'forget'),
    counted as (
      insert into job_deaths (job_id, deaths, last_at) select id, 1, now() from held
      on conflict (job_id) do update set deaths = job_deaths.deaths + 1, last_at = now()
      returning job_id, deaths),
    gone as (
      delete from job_deaths where last_at < now() - interval '30 days')
    select held.id::text as id, held.task, held.payload
    from held join counted on counted.job_id = held.id where counted.deaths >= ${DEATHS}`)
}

/** Takes them out of the queue, and says so where a person looks for what became of them. */
export async function endJobs(ctx: Context, jobs: readonly HeldJob[]): Promise<void> {
  for (const { id, task, payload } of jobs) {
    // Operations have a journal by which they are taken back, and runs are ended as interrupted: their rows are the truth.
    logger.error({ job: id, task }, 'a job was given up: the worker died over it twice')
    await ctx.db.execute(
      sql`select graphile_worker.permanently_fail_jobs(array[${id}::bigint], 'the worker died over it twice')`,
    )
    if (task === 'import') await failImport(ctx, importPayload.parse(payload).importId, DIED)
  }
}

const DIED =
  'The worker ended twice while it read this, so it was given up. What was read before is kept; leave out the file that it was at and import the others.'
