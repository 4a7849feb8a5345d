import { eq } from 'drizzle-orm'
import { existsSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tasks } from '@/db/schema'
import { createCaller } from '@/server/root'
import { listHistory } from '@/server/services/history-list'
import { previewUndo, requestCheckpoint, requestFork, requestUndo } from '@/server/services/operations'
import { createOperationsWorld, type OperationsWorld } from './test-world'

let w: OperationsWorld
beforeEach(async () => {
  w = await createOperationsWorld()
})
afterEach(() => w.close())

test('a fork is not taken away from under a running agent, nor from under another operation', async () => {
  await w.say(['one'])
  w.world.write('a.txt', 'then\n')
  const forkFromValue = await w.commitCheckpoint('then')
  const input = { taskId: w.taskId, forkFromType: 'checkpoint' as const, forkFromValue, newTaskName: 'Try' }
  const done = await w.perform(requestFork(w.ctx, input))
  const [folder, forkId] = [String(done.result?.folder), String(done.result?.newTaskId)]
  const shown = await previewUndo(w.ctx, { operationId: done.id })
  const undo = { operationId: done.id, planHash: shown.planHash }

  await w.ctx.db.update(tasks).set({ status: 'running', lastActivityAt: new Date() }).where(eq(tasks.id, forkId))
  const refused = await w.perform(requestUndo(w.ctx, undo))
  expect(refused.error).toMatchObject({ code: 'conflict', detail: expect.stringContaining('An agent is running') })
  expect(existsSync(folder)).toBe(true)

  await w.ctx.db.update(tasks).set({ status: 'pending' }).where(eq(tasks.id, forkId))
  const waiting = await requestCheckpoint(w.ctx, { taskId: forkId })
  await expect(requestUndo(w.ctx, { operationId: done.id })).rejects.toMatchObject({ code: 'conflict' })
  expect((await w.perform(waiting)).state).toBe('done')
  expect(await w.perform(requestUndo(w.ctx, undo))).toMatchObject({ state: 'done', error: null })
  expect(existsSync(folder)).toBe(false)
})

/** The status of a task wherever one is shown. */
async function readStatuses(id: string): Promise<string[]> {
  const caller = createCaller(w.ctx)
  const task = await caller.tasks.get({ id })
  const contract = await caller.contracts.get({ id: w.contractId })
  const { forks } = await caller.tasks.relatives({ id: w.taskId })
  const all = [task, ...contract.tasks, ...forks].filter((each) => each.id === id)
  return all.map((each) => each.status)
}

test.each(['with files', 'of the talk alone'])(
  'a fork %s says that it was undone, and after a redo what it said before, as often as it goes to and fro',
  async (way) => {
    const [message = ''] = await w.say(['one'])
    if (way === 'with files') await w.commitCheckpoint('then')
    const input = { taskId: w.taskId, forkFromType: 'message_id' as const, forkFromValue: message, newTaskName: 'Try' }
    const done = await w.perform(requestFork(w.ctx, { ...input, createBranch: way === 'with files' }))
    expect(done.error).toBeNull()
    const forkId = String(done.result?.newTaskId)
    expect(await readStatuses(forkId)).toEqual(['pending', 'pending', 'pending'])
    await w.ctx.db.update(tasks).set({ status: 'completed' }).where(eq(tasks.id, forkId))
    let last = done.id
    for (const round of [1, 2]) {
      const plan = await previewUndo(w.ctx, { operationId: last })
      expect(plan.sentence, plan.sentence).toMatch(/the task “Try” is marked as undone\.$/i)
      const undone = await w.perform(requestUndo(w.ctx, { operationId: last }))
      expect(undone.error).toBeNull()
      expect(await readStatuses(forkId), `round ${round}`).toEqual(['undone', 'undone', 'undone'])
      const back = await previewUndo(w.ctx, { operationId: undone.id })
      expect(back.sentence, back.sentence).toMatch(/the task “Try” is in use again\.$/i)
      const redone = await w.perform(requestUndo(w.ctx, { operationId: undone.id }))
      expect(redone.error).toBeNull()
      expect(await readStatuses(forkId), `round ${round}`).toEqual(['completed', 'completed', 'completed'])
      last = redone.id
    }
    const told = (await listHistory(w.ctx, { taskId: forkId })).entries.map((entry) => entry.eventType)
    expect(told.filter((type) => type === 'task.undone')).toHaveLength(2)
    expect(told.filter((type) => type === 'task.redone')).toHaveLength(2)
  },
)
