import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '@/db/ids'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { createCaller } from '@/server/root'
import { recordEvents } from '@/server/services/history'
import { addContract, addTask, testContext } from '@/server/services/test-world'

let database: TestDatabase
let ctx: Context
let caller: ReturnType<typeof createCaller>
beforeAll(async () => {
  database = await createTestDatabase()
  ctx = testContext(database.db)
  caller = createCaller(ctx)
})
afterAll(() => database.close())

test('a contract keeps the name and the star that a person gave it', async () => {
  const id = await addContract(ctx)
  expect(await caller.contracts.rename({ id, name: '  Mine ' })).toMatchObject({ name: 'Mine', starred: false })
  expect(await caller.contracts.star({ id, starred: true })).toMatchObject({ name: 'Mine', starred: true })
  expect((await caller.contracts.list({ starred: true })).entries.map((contract) => contract.id)).toEqual([id])
  await expect(caller.contracts.rename({ id, name: ' ' })).rejects.toThrow('A contract needs a name')
  await expect(caller.contracts.star({ id: newId(), starred: true })).rejects.toThrow('no contract with this id')
})

test('the spark line counts the days that had events, oldest first', async () => {
  const contractId = await addContract(ctx)
  const days = [1, 1, 3, 40]
  await recordEvents(
    ctx,
    days.map((day) => ({
      eventType: 'checkpoint.failed',
      eventData: { reason: 'x' },
      contractId,
      at: new Date(Date.UTC(2026, 0, day)),
    })),
  )
  expect((await caller.contracts.get({ id: contractId })).spark).toEqual([2, 1, 1])
})

test('a task shows its relatives, and why there is no code to go back to', async () => {
  const contractId = await addContract(ctx)
  const origin = await addTask(ctx, contractId, { name: 'origin', isSupervisor: true, cwd: '/gone/away' })
  const child = await addTask(ctx, contractId, { name: 'child', parentTaskId: origin })
  const fork = await addTask(ctx, contractId, {
    name: 'fork',
    forkedFromTaskId: origin,
    forkPoint: { forkType: 'message_id', messageId: 'm', timestamp: '2026-01-01T00:00:00Z' },
  })
  const relatives = await caller.tasks.relatives({ id: origin })
  expect(relatives.children.map((task) => task.id)).toEqual([child])
  expect(relatives.forks).toMatchObject([{ id: fork, forkPoint: { forkType: 'message_id', checkpointId: null } }])
  expect((await caller.tasks.relatives({ id: fork })).origin?.id).toBe(origin)
  expect((await caller.tasks.get({ id: origin })).codeUnavailableReason).toContain('/gone/away')
  expect((await caller.contracts.get({ id: contractId })).tasks.map((task) => task.name)).toEqual([
    'origin',
    'child',
    'fork',
  ])
})

test('the status counts what there is', async () => {
  const status = await caller.system.status()
  expect(status).toMatchObject({ worker: null, importing: null })
  expect(status.database).toMatch(/^PostgreSQL \d+/)
  expect(status.counts.contracts).toBeGreaterThan(0)
})
