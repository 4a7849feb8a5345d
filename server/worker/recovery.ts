// Finds operations that a dead worker left behind, and waiting ones whose job got lost, and sees to it that they end.
import { and, eq, inArray, isNull, or, sql } from 'drizzle-orm'
import { operations } from '@/db/schema'
import { logger } from '@/server/log'
import { listAbandoned } from '@/server/services/operation-journal'
import { enqueueOperation } from '@/server/services/operations'
import { isActive, type Runner, runOperation } from './run-operation'
import { recoverRuns } from './runs/recover-runs'

const SWEEP_MS = 10_000
/** A job is taken within milliseconds; one that waits so long may be lost, and adding it again does no harm. */
const LOST_AFTER_SECONDS = 60

/** Before any job is taken: everything that was this daemon's is ended in *before* or *after*. */
export async function recoverOwn(runner: Runner): Promise<void> {
  for (const id of await listAbandoned(runner.ctx, runner.daemonId, true)) await resolve(runner, id, true)
  await recoverRuns(runner)
}

/** Afterwards, now and then: what another dead worker left, or this one while the database was away. */
export function startSweep(runner: Runner): { stop: () => Promise<void> } {
  let sweeping: Promise<void> = Promise.resolve()
  const sweep = async () => {
    for (const id of await listAbandoned(runner.ctx, runner.daemonId, false)) {
      if (!isActive(id)) await resolve(runner, id, false)
    }
    await wakeForgotten(runner)
    await recoverRuns(runner)
  }
  const timer = setInterval(() => {
    sweeping = sweeping.then(sweep).catch(() => {
      // The heartbeat has said already that the database is away.
    })
  }, SWEEP_MS)
  return {
    stop: () => {
      clearInterval(timer)
      return sweeping
    },
  }
}

async function resolve(runner: Runner, id: string, ownAgain: boolean): Promise<void> {
  await runOperation(runner, id, ownAgain).catch((error: unknown) => {
    // One that cannot be ended now must not keep the others waiting; the next sweep tries again.
    logger.error({ operation: id, err: error }, 'an interrupted operation could not be resolved yet')
  })
}

async function wakeForgotten({ ctx, daemonId }: Runner): Promise<void> {
  const rows = await ctx.db
    .select()
    .from(operations)
    .where(
      and(
        eq(operations.state, 'queued'),
        or(isNull(operations.daemonId), inArray(operations.daemonId, [daemonId])),
        sql`${operations.createdAt} < now() - make_interval(secs => ${LOST_AFTER_SECONDS})`,
        sql`not exists (select 1 from graphile_worker.jobs j where j.key = ${operations.id}::text and j.attempts < j.max_attempts)`,
      ),
    )
    .limit(100)
  for (const row of rows) {
    const queue = row.worktreeId ? `worktree:${row.worktreeId}` : `operation:${row.id}`
    await enqueueOperation(ctx, { id: row.id, daemonId: row.daemonId, queue })
  }
}
