// Finds agents whose worker or process died, ends what is left of them, and says that their work was interrupted.
import { hostname } from 'node:os'
import { eq } from 'drizzle-orm'
import { isRunning } from '@/server/process-identity'
import { daemons } from '@/db/schema'
import { agentProgram } from '@/server/agents/programs'
import { logger } from '@/server/log'
import { importTranscript } from '@/server/services/import/import-transcript'
import { SILENT_MINUTES } from '@/server/services/import/session-status'
import { enqueueRun } from '@/server/services/runs/run-queue'
import type { RunRow } from '@/server/services/runs/run-log'
import { endRun, listForgotten, listOrphans, markSilent } from '@/server/services/runs/run-state'
import type { Runner } from '@/server/worker/run-operation'
import { listActive } from './active-runs'
import { agentEnvironment } from './agent-environment'
import { signalGroup } from './agent-process'

const SENTENCE = 'The worker that ran the agent ended. What the agent recorded is kept; resume it to go on.'

/** Before any job is taken, and now and then afterwards. */
export async function recoverRuns({ ctx, daemonId }: Runner): Promise<void> {
  for (const run of await listOrphans(ctx, daemonId, listActive())) {
    await endLeftover({ ctx, daemonId }, run)
    await readRest({ ctx, daemonId }, run)
    const error = { code: 'conflict', detail: SENTENCE }
    const actor = { ownerId: run.ownerId, name: 'worker', via: 'worker' as const }
    if (await endRun({ ...ctx, actor }, run, { state: 'interrupted', error, costUsd: run.costUsd })) {
      logger.info({ run: run.id }, 'an agent was found interrupted')
    }
  }
  for (const run of await listForgotten(ctx, daemonId)) await enqueueRun(ctx, run)
  await markSilent(ctx, SILENT_MINUTES)
}

/** What it recorded between the last reading and its end. */
async function readRest({ ctx }: Runner, run: RunRow): Promise<void> {
  const { nativeSessionId: sessionId, cwd } = run
  if (sessionId === null || cwd === null) return
  try {
    const path = await agentProgram(run.agent).findTranscript({ cwd, env: agentEnvironment(ctx, run), sessionId })
    if (path !== null) await importTranscript(ctx, path, new AbortController().signal)
  } catch (error) {
    logger.warn({ err: error, run: run.id }, 'what an interrupted agent recorded could not be read; an import will')
  }
}

/** An agent without its worker would go on unseen and write where the next one works. */
async function endLeftover({ ctx, daemonId }: Runner, run: RunRow): Promise<void> {
  if (run.pid === null || run.pidStart === null || !isRunning({ pid: run.pid, started: run.pidStart })) return
  const [daemon] = await ctx.db
    .select({ host: daemons.host })
    .from(daemons)
    .where(eq(daemons.id, run.daemonId ?? daemonId))
  if (daemon?.host === hostname()) signalGroup(run.pid, 'SIGKILL')
}
