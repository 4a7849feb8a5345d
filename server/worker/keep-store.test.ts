import { sql } from 'drizzle-orm'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openHeldStore } from '@/server/git/store'
import { packBorrowed, packStore } from '@/server/git/pack'
import { getCheckpoint } from '@/server/services/checkpoints'
import { requestCheckpoint } from '@/server/services/operations'
import { enqueuePackStore } from '@/server/services/pack-store'
import { keepStore } from './keep-store'
import { createOperationsWorld, type OperationsWorld } from './test-world'

let w: OperationsWorld
afterEach(() => w.close())

test('only a check says that a checkpoint is whole, and one that fails takes it back', async () => {
  w = await createOperationsWorld()
  const made = await w.perform(requestCheckpoint(w.ctx, { taskId: w.taskId }))
  const id = String(made.result?.checkpointId)
  const verifiedAt = async () => (await getCheckpoint(w.ctx, { id })).checkpoint.verifiedAt
  expect(await verifiedAt()).toBeNull()
  await keepStore(w.ctx, w.repositoryId, packBorrowed)
  expect(await verifiedAt()).toBeInstanceOf(Date)

  await w.ctx.db.execute(sql`update task_checkpoints set verified_at = now() - interval '2 days'`)
  const store = await openHeldStore(join(w.home, 'stores'), w.repositoryId, 'sha1')
  rmSync(join(store.path, 'objects'), { recursive: true })
  rmSync(join(w.world.folder, '.git'), { recursive: true })
  await keepStore(w.ctx, w.repositoryId, packStore).catch(() => undefined)
  expect(await verifiedAt()).toBeNull()
})

test('however often packing is asked for, it is due a second after the first time', async () => {
  w = await createOperationsWorld()
  const due = async () =>
    (
      await w.ctx.db.execute<{ at: string }>(
        sql`select min(run_at)::text as at from graphile_worker.jobs where key = ${`own-objects:${w.repositoryId}`}`,
      )
    )[0]?.at
  await enqueuePackStore(w.ctx, w.repositoryId)
  const first = await due()
  expect(first).toBeDefined()
  for (let n = 0; n < 3; n++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    await enqueuePackStore(w.ctx, w.repositoryId)
  }
  expect(await due()).toBe(first)
})
