import { eq } from 'drizzle-orm'
import { existsSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tasks } from '@/db/schema'
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
