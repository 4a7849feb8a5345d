// The table of jobs. A job is only an alarm clock: each looks at the rows, and doing it twice is doing it once.
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { TaskList } from 'graphile-worker'
import { z } from 'zod'
import { repositories, shelfItems } from '@/db/schema'
import { openRepository } from '@/server/git/repository'
import { packStore } from '@/server/git/pack'
import { snapshotSize } from '@/server/git/snapshot'
import { openStore } from '@/server/git/store'
import { logger } from '@/server/log'
import { captureInput } from '@/server/services/captures'
import { runImport } from '@/server/services/import/run'
import { snapshotNameOf } from '@/server/services/operation-restore'
import { storeOf, storesFolder } from '@/server/services/operation-subjects'
import { operationTask } from '@/server/services/operations'
import { runTask } from '@/server/services/runs/run-queue'
import type { Captures } from './captures'
import { applyRetention, runForgetting } from './forget'
import { type Runner, runOperation } from './run-operation'
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
  return {
    [operationTask(runner.daemonId)]: operation,
    [operationTask(null)]: operation,
    [runTask(runner.daemonId)]: begin,
    [runTask(null)]: begin,
    import: async (payload) => runImport(runner.ctx, importPayload.parse(payload).importId, stopping),
    forget: async (payload) => runForgetting(runner.ctx, forgetPayload.parse(payload).forgettingId),
    'apply-retention': async () => applyRetention(runner.ctx),
    capture: async (payload) => captures.take(captureInput.parse(payload)),
    'watch-places': async () => captures.watchPlaces(),
    'pack-store': async (payload) => pack(runner, packPayload.parse(payload).repositoryId),
    'finish-operation': async (payload) => measure(runner, operationPayload.parse(payload).operationId),
  }
}

/** Makes the store own what its checkpoints need, before the person's git prunes it. */
async function pack({ ctx }: Runner, repositoryId: string): Promise<void> {
  const [repository] = await ctx.db.select().from(repositories).where(eq(repositories.id, repositoryId))
  if (!repository) return
  const format = repository.objectFormat === 'sha256' ? 'sha256' : 'sha1'
  const store = await openRepository(repository.path)
    .then((found) => openStore(storesFolder(ctx), repositoryId, found))
    // The folder is away for now; what the store has can be packed all the same.
    .catch(() => storeOf(ctx, repositoryId, format))
  const result = await packStore(store)
  if (result.missing.length > 0) {
    logger.warn({ repository: repository.name, missing: result.missing.length }, 'some checkpoints have lost objects')
  }
  await ctx.db.update(repositories).set({ packedAt: sql`now()` }).where(eq(repositories.id, repositoryId))
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
