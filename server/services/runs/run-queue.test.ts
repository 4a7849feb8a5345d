// How many agents of a contract work at once, on a real database.
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newId } from '@/db/ids'
import { runs } from '@/db/run-tables'
import { contracts, tasks } from '@/db/schema'
import { changeLimits } from '@/server/services/contract-changes'
import { registerDaemon } from '@/server/worker/daemon'
import { createOperationsWorld, type OperationsWorld } from '@/server/worker/test-world'
import { requestResume } from './request-run'
import { DEFAULT_PARALLEL } from './run-queue'
import { getRun, listRuns } from './run-log'
import { claimRun, endRun } from './run-state'

let world: OperationsWorld
beforeAll(async () => {
  world = await createOperationsWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.ctx.db.delete(runs)
  await changeLimits(world.ctx, { id: world.contractId, maxParallel: null, maxTurns: null, maxCostUsd: null })
})

async function addRun(values: Partial<typeof tasks.$inferInsert> = {}, way = 'here'): Promise<string> {
  // Without a folder each, one folder's rule of one agent would hold them.
  const taskId = await world.addTask('Work', { worktreeId: null, ...values })
  const id = newId()
  const { ownerId } = world.ctx.actor
  const asked = { mode: 'continue', askedBy: 'test', prompt: 'Go on', agent: 'codex' }
  await world.ctx.db.insert(runs).values({ ...asked, id, ownerId, contractId: world.contractId, taskId, way })
  return id
}

const claim = (id: string) => claimRun(world.ctx, id, world.daemonId)

async function isRung(id: string): Promise<boolean> {
  const rows = await world.ctx.db.execute(`select 1 from graphile_worker.jobs where key = 'run:${id}'`)
  return rows.length > 0
}

test('one more than may be waits, says for what, and is woken when another ends', async () => {
  await changeLimits(world.ctx, { id: world.contractId, maxParallel: 1 })
  const [first, second] = [await addRun(), await addRun()]
  const working = await claim(first)
  expect(working).not.toBeNull()
  expect(await claim(second)).toBeNull()
  expect(await getRun(world.ctx, { id: second })).toMatchObject({
    state: 'queued',
    waitsFor: expect.stringContaining('1 agent is at work in this contract'),
  })
  expect(await isRung(second)).toBe(false)
  if (working) await endRun(world.ctx, working, { state: 'done', error: null, costUsd: null })
  expect(await isRung(second)).toBe(true)
  expect(await claim(second)).toMatchObject({ state: 'starting', waitsFor: null })
})

test('claims at the same moment never pass the limit', async () => {
  const ids = await Promise.all(Array.from({ length: DEFAULT_PARALLEL * 3 }, () => addRun()))
  const claimed = await Promise.all(ids.map(claim))
  expect(claimed.filter(Boolean)).toHaveLength(DEFAULT_PARALLEL)
})

test('the supervisor, and a session written for a terminal, wait for nobody', async () => {
  await changeLimits(world.ctx, { id: world.contractId, maxParallel: 1 })
  expect(await claim(await addRun())).not.toBeNull()
  expect(await claim(await addRun({ isSupervisor: true }))).not.toBeNull()
  expect(await claim(await addRun({}, 'print'))).not.toBeNull()
  expect(await claim(await addRun())).toBeNull()
})

test('a higher limit wakes those that wait', async () => {
  await changeLimits(world.ctx, { id: world.contractId, maxParallel: 1 })
  const [first, second] = [await addRun(), await addRun()]
  await claim(first)
  await claim(second)
  await changeLimits(world.ctx, { id: world.contractId, maxParallel: 2 })
  expect(await isRung(second)).toBe(true)
  expect(await claim(second)).not.toBeNull()
})

test('all that have not ended are listed, however many came after them', async () => {
  const first = await addRun()
  for (let n = 0; n < 60; n++) await addRun()
  const open = await listRuns(world.ctx, { contractId: world.contractId, open: true })
  expect(open).toHaveLength(61)
  expect(open.at(-1)?.id).toBe(first)
  expect(await listRuns(world.ctx, { contractId: world.contractId })).toHaveLength(50)
})

test('a contract that has cost what it may starts no agent, and its turns hold for each run', async () => {
  const taskId = await world.addTask('Costly', { plan: 'Work' })
  await changeLimits(world.ctx, { id: world.contractId, maxCostUsd: 1, maxTurns: 7 })
  const run = await requestResume(world.ctx, { taskId })
  const [row] = await world.ctx.db.select({ settings: runs.settings }).from(runs).where(eq(runs.id, run.id))
  expect(row?.settings).toMatchObject({ maxTurns: 7 })
  await world.ctx.db.delete(runs)
  await world.ctx.db.update(contracts).set({ costUsd: 1.2 }).where(eq(contracts.id, world.contractId))
  await expect(requestResume(world.ctx, { taskId })).rejects.toMatchObject({
    code: 'precondition_failed',
    message: 'This contract has cost $1.20 of the $1.00 that it may. Raise its limit to go on.',
  })
})

test('a run that a worker was chosen for is left to that worker', async () => {
  const taskId = await world.addTask('Elsewhere', { plan: 'Work', worktreeId: null, cwd: world.world.folder })
  const other = newId()
  await registerDaemon(world.ctx, other)
  const { id } = await requestResume(world.ctx, { taskId, targetDaemonId: other })
  const jobs = await world.ctx.db.execute(`select task_identifier from graphile_worker.jobs where key = 'run:${id}'`)
  expect(jobs[0]).toEqual({ task_identifier: `run:${other}` })
  await world.ctx.db.delete(runs)
  await expect(requestResume(world.ctx, { taskId, targetDaemonId: newId() })).rejects.toMatchObject({
    code: 'not_found',
  })
  expect(await listRuns(world.ctx, { taskId })).toEqual([])
})
