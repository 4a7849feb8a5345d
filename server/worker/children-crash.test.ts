import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { operations } from '@/db/schema'
import { requestConversationRewind, requestUndo, waitForOperation } from '@/server/services/operations'
import { type Family, tellFamily } from './test-family'
import { buildWorker, startWorker, type WorkerProcess } from './test-process'
import { stallAt, waitForStall, waitUntilQuiet } from './test-stall'
import { createOperationsWorld, type OperationsWorld } from './test-world'

let bundle: Awaited<ReturnType<typeof buildWorker>>
let w: OperationsWorld
let worker: WorkerProcess | null = null

beforeAll(async () => {
  bundle = await buildWorker()
})
afterAll(() => bundle.remove())
beforeEach(async () => {
  w = await createOperationsWorld()
})
afterEach(async () => {
  await worker?.kill()
  worker = null
  await w.close()
})

const start = () => {
  worker = startWorker(bundle.file, { url: w.database.url, home: w.home })
}

/** Asks, kills the worker where it writes down `step`, and starts it anew. */
async function cutAt(step: string, family: Family, meanwhile: (id: string) => Promise<unknown> = async () => {}) {
  await stallAt(w.database, step)
  start()
  const { id } = await requestConversationRewind(w.ctx, {
    taskId: w.taskId,
    toMessageId: family.last,
    rewindCode: true,
    includeChildren: true,
    preserveMode: 'stash',
  })
  const backend = await waitForStall(w.database, () => worker?.log() ?? '')
  await worker?.kill()
  await w.database.sql`delete from stall`
  await waitUntilQuiet(w.database, backend)
  await meanwhile(id)
  start()
  return waitForOperation(w.ctx, { id, timeoutMs: 60_000 })
}

test.each(['snapshot_taken', 'files_applied', 'verified', 'recorded'])(
  'a worker killed at "%s" of a rewind with children ends it in all of their folders and conversations',
  async (step) => {
    const family = await tellFamily(w)
    const before = await family.read()
    const ended = await cutAt(step, family)
    expect(ended, worker?.log()).toMatchObject({ state: 'done', error: null })
    const after = await family.read()
    expect([after.main, after.own]).toEqual([family.moment.main, family.moment.own])
    expect(after.talks).toEqual({ main: 1, own: 1, same: 1, below: 1, later: 1 })
    expect(w.world.git('stash', 'list').split('\n')).toHaveLength(3)
    for (const [n, user] of after.user.entries()) {
      expect({ ...user, refs: null, stash: null }).toEqual({ ...before.user[n], refs: null, stash: null })
    }
    const undo = await requestUndo(w.ctx, { operationId: ended.id })
    expect(await waitForOperation(w.ctx, { id: undo.id, timeoutMs: 60_000 })).toMatchObject({ state: 'done' })
    expect(await family.read()).toEqual(before)
  },
  240_000,
)

test.each(['snapshot_taken', 'files_applied'])(
  'one that is found too late, cut at "%s", is taken back in all of them, and leaves no snapshot and no stash entry',
  async (step) => {
    const family = await tellFamily(w)
    const before = await family.read()
    const ended = await cutAt(step, family, (id) =>
      w.ctx.db
        .update(operations)
        .set({ startedAt: new Date(Date.now() - 3_600_000) })
        .where(eq(operations.id, id)),
    )
    expect(ended, worker?.log()).toMatchObject({ state: 'failed' })
    expect(ended.error?.detail).toContain('Everything is as it was before')
    expect(await family.read()).toEqual(before)
    const store = `${w.home}/stores/${w.repositoryId}.git`
    expect(w.world.git('--git-dir', store, 'for-each-ref', 'refs/snapshots')).toBe('')
  },
  240_000,
)
