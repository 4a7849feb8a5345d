// The table of jobs. A job is only an alarm clock: each looks at the rows, and doing it twice is doing it once.
import { and, eq, isNull } from 'drizzle-orm'
import type { TaskList } from 'graphile-worker'
import { z } from 'zod'
import { shelfItems } from '@/db/schema'
import { packBorrowed, packStore } from '@/server/git/pack'
import { snapshotSize } from '@/server/git/snapshot'
import { toLoggable } from '@/server/loggable-error'
import { captureInput } from '@/server/services/captures'
import { runImport } from '@/server/services/import/run'
import { snapshotNameOf } from '@/server/services/operation-restore'
import { storeOf } from '@/server/services/operation-subjects'
import { operationTask } from '@/server/services/operations'
import { runTask } from '@/server/services/runs/run-queue'
import type { Captures } from './captures'
import { applyRetention, runForgetting } from './forget'
import { type Runner, runOperation } from './run-operation'
import { keepStore } from './keep-store'
import { beginRun } from './runs/run-agent'

const operationPayload = z.object({ operationId: z.uuid() })
const importPayload = z.object({ importId: z.uuid() })
const forgetPayload = z.object({ forgettingId: z.uuid() })
const runPayload = z.object({ runId: z.uuid() })
const packPayload = z.object({ repositoryId: z.uuid() })

/** Jobs that this daemon takes; `stopping` is aborted when the process is asked to end. */
export function listTasks(runner: Runner, captures: Captures, stopping: AbortSignal): TaskList {
  const operation = async (payload: unknown) => runOperation(runner, operationPayload.parse(payload).operationId)
  const begin = async (payload: unknown) => void (await beginRun(runner, runPayload.parse(payload).runId))
  return withoutValues({
    [operationTask(runner.daemonId)]: operation,
    [operationTask(null)]: operation,
    [runTask(runner.daemonId)]: begin,
    [runTask(null)]: begin,
    import: async (payload) => runImport(runner.ctx, importPayload.parse(payload).importId, stopping),
    forget: async (payload) => runForgetting(runner.ctx, forgetPayload.parse(payload).forgettingId),
    'apply-retention': async () => applyRetention(runner.ctx),
    capture: async (payload) => captures.take(captureInput.parse(payload)),
    'watch-places': async () => captures.watchPlaces(),
    'own-objects': async (payload) => keepStore(runner.ctx, packPayload.parse(payload).repositoryId, packBorrowed),
    'pack-store': async (payload) => keepStore(runner.ctx, packPayload.parse(payload).repositoryId, packStore),
    'finish-operation': async (payload) => measure(runner, operationPayload.parse(payload).operationId),
  })
}

/** The job library keeps the message of an error in its table. That of a query holds its values, which may be anything. */
function withoutValues(tasks: TaskList): TaskList {
  const entries = Object.entries(tasks).map(([name, task]) => {
    const quiet: typeof task = async (...args) => {
      try {
        return await task?.(...args)
      } catch (error) {
        throw new Error(toLoggable(error).message, { cause: error })
      }
    }
    return [name, quiet] as const
  })
  return Object.fromEntries(entries)
}

/** Measures what an operation put on the shelf; nobody waits for it. */
async function measure({ ctx }: Runner, operationId: string): Promise<void> {
  const items = await ctx.db
    .select({ id: shelfItems.id, repositoryId: shelfItems.repositoryId, ref: shelfItems.ref })
    .from(shelfItems)
    .where(and(eq(shelfItems.operationId, operationId), isNull(shelfItems.emptiedAt)))
  for (const { id, repositoryId, ref } of items) {
    const snapshot = snapshotNameOf(ref)
    if (!repositoryId || !snapshot) continue
    const sizeBytes = await snapshotSize(storeOf(ctx, repositoryId), snapshot)
    await ctx.db.update(shelfItems).set({ sizeBytes }).where(eq(shelfItems.id, id))
  }
}
