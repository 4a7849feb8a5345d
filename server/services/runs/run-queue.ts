// Owns when a run that was asked for may begin: its job, and how many agents of a contract work at once.
import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import { runs } from '@/db/run-tables'
import { contracts, tasks } from '@/db/schema'
import type { Context } from '@/server/context'
import { AT_WORK } from './run-views'
import { RUNS_CHANNEL, type RunRow } from './run-log'

/** Agents of one contract at work at once where nobody said otherwise. The supervisor waits for the others and is not counted. */
export const DEFAULT_PARALLEL = 4

/** The job is only the alarm clock; adding it twice is one job. */
export async function enqueueRun(ctx: Context, run: { id: string; daemonId: string | null }): Promise<void> {
  const payload = JSON.stringify({ runId: run.id })
  await ctx.db.execute(sql`
    select graphile_worker.add_job(${runTask(run.daemonId)}, payload => ${payload}::text::json,
      job_key => ${`run:${run.id}`}, max_attempts => 10)`)
  await ctx.db.execute(sql`select pg_notify(${RUNS_CHANNEL}, ${run.id})`)
}

/** Name of the task that a daemon's worker serves; without a daemon any of them. */
export function runTask(daemonId: string | null): string {
  return daemonId ? `run:${daemonId}` : 'run'
}

/**
 * Why a run must wait, as a sentence; null when it may begin. Until the transaction ends nobody else gets an answer for the
 * same contract, so two runs never take the last free place.
 */
export async function findHold(tx: Context, run: RunRow): Promise<string | null> {
  if (run.way !== 'here') return null
  await tx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`contract-runs:${run.contractId}`}, 0))`)
  const [own] = await tx.db
    .select({ isSupervisor: tasks.isSupervisor, maxParallel: contracts.maxParallel })
    .from(tasks)
    .innerJoin(contracts, eq(contracts.id, tasks.contractId))
    .where(eq(tasks.id, run.taskId))
  if (!own || own.isSupervisor) return null
  const limit = own.maxParallel ?? DEFAULT_PARALLEL
  const [row] = await tx.db
    .select({ atWork: sql<number>`count(*)::int` })
    .from(runs)
    .innerJoin(tasks, eq(tasks.id, runs.taskId))
    .where(
      and(
        eq(runs.contractId, run.contractId),
        eq(runs.way, 'here'),
        inArray(runs.state, [...AT_WORK]),
        eq(tasks.isSupervisor, false),
      ),
    )
  const atWork = row?.atWork ?? 0
  if (atWork < limit) return null
  const many = atWork === 1 ? '1 agent is at work' : `${atWork} agents are at work`
  return `${many} in this contract, as many as it lets work at once. This one begins when one of them ends.`
}

/** Rings for the runs of a contract that wait for a free place, those that wait longest first. */
export async function wakeWaiting(tx: Context, contractId: string): Promise<void> {
  const waiting = await tx.db
    .select({ id: runs.id, daemonId: runs.daemonId })
    .from(runs)
    .where(and(eq(runs.contractId, contractId), eq(runs.state, 'queued'), sql`${runs.waitsFor} is not null`))
    .orderBy(asc(runs.createdAt), asc(runs.id))
    .limit(50)
  for (const run of waiting) await enqueueRun(tx, run)
}
