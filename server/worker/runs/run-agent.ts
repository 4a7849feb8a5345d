// Runs one agent's turn, or writes a session for a person to go on with: claimed, prepared, watched, ended, captured.
import { AppError, isAppError } from '@/server/errors'
import type { Context } from '@/server/context'
import { logger } from '@/server/log'
import { recordCommitsOf } from '@/server/services/import/import-transcript'
import { requestCheckpoint } from '@/server/services/operations'
import { LiveWriter } from '@/server/services/runs/live-text'
import type { RunRow } from '@/server/services/runs/run-log'
import { claimRun, endRun, type RunEnd } from '@/server/services/runs/run-state'
import type { Runner } from '@/server/worker/run-operation'
import { register, unregister } from './active-runs'
import { prepareRun } from './prepare-run'
import { AgentWatch, type StopReason } from './watch-agent'

/** Begins a waiting run and returns at once: an agent at work must not hold up the queue. Null when it is taken already. */
export async function beginRun(runner: Runner, runId: string): Promise<{ ended: Promise<void> } | null> {
  const row = await claimRun(runner.ctx, runId, runner.daemonId)
  if (!row) return null
  const ctx: Context = { ...runner.ctx, actor: { ownerId: row.ownerId, name: 'worker', via: 'worker' } }
  return { ended: drive(ctx, row) }
}

async function drive(ctx: Context, run: RunRow): Promise<void> {
  const giveUp = new AbortController()
  let watch: AgentWatch | null = null
  let stopBefore: StopReason | null = null
  const stop = (reason: StopReason) => {
    stopBefore ??= reason
    watch?.stop(reason)
  }
  let resolve = () => {}
  const ended = new Promise<void>((done) => {
    resolve = done
  })
  register(run.id, {
    stop: () => stop('asked'),
    interrupt: () => stop('worker'),
    answer: async (requestId, optionId) => watch?.answer(requestId, optionId),
    ended,
  })
  let cwd: string | null = null
  let end: RunEnd
  try {
    const prepared = await prepareRun(ctx, run, giveUp.signal)
    cwd = prepared.cwd
    if (run.way === 'print') end = { state: 'done', error: null, costUsd: null }
    else {
      watch = new AgentWatch(ctx, run, prepared, giveUp.signal)
      if (stopBefore) watch.stop(stopBefore)
      end = await watch.work()
    }
  } catch (error) {
    if (!isAppError(error)) logger.error({ err: error, run: run.id }, 'an agent could not be run')
    end = { state: 'failed', error: asProblem(error), costUsd: null }
  }
  await finish(ctx, run, end, cwd).catch((error: unknown) => {
    // The next sweep finds a run that nobody has and ends it.
    logger.error({ err: error, run: run.id }, 'the end of a run could not be recorded')
  })
  unregister(run.id)
  resolve()
}

async function finish(ctx: Context, run: RunRow, end: RunEnd, cwd: string | null): Promise<void> {
  if (!(await endRun(ctx, run, end))) return
  await new LiveWriter(ctx, run).changed()
  if (run.way === 'print' || cwd === null) return
  await recordCommitsOf(ctx, run.taskId, cwd)
  if (run.worktreeId === null) return
  const message = end.state === 'done' ? 'End of a turn' : 'Where the agent stopped'
  await requestCheckpoint(ctx, { taskId: run.taskId, message, kind: 'turn' }).catch((error: unknown) => {
    // Somebody else's operation may be at the folder already; the next turn's end captures it.
    logger.warn({ run: run.id, err: error }, 'no checkpoint was taken at the end of a turn')
  })
}

function asProblem(error: unknown): RunEnd['error'] {
  if (error instanceof AppError) return { code: error.code, detail: error.message }
  return {
    code: 'internal',
    detail: 'The agent could not be started because of a fault of Makima; the log has the details.',
  }
}
