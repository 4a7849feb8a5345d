import { afterEach, expect, test } from 'vitest'
import { readFiles, readUserState } from '@/server/git/test-repository'
import { previewRewind, requestCheckpoint, requestRewind, requestUndo } from '@/server/services/operations'
import { createOperationsWorld, type OperationsWorld } from './test-world'

let w: OperationsWorld
afterEach(() => w.close())

test('in a repository without commits a stash is refused in a sentence, a branch and the shelf work', async () => {
  w = await createOperationsWorld({ empty: true })
  w.world.write('a.txt', 'one\n')
  const made = await w.perform(requestCheckpoint(w.ctx, { taskId: w.taskId }))
  expect(made).toMatchObject({ state: 'done', error: null })
  w.world.write('a.txt', 'two\n')
  const files = readFiles(w.world.folder)
  const input = { taskId: w.taskId, checkpointId: String(made.result?.checkpointId), includeEdited: true }
  const stash = { ...input, preserveMode: 'stash' as const }
  await expect(previewRewind(w.ctx, stash)).rejects.toMatchObject({ code: 'precondition_failed' })
  await expect(requestRewind(w.ctx, stash)).rejects.toMatchObject({ code: 'precondition_failed' })
  expect(readFiles(w.world.folder)).toEqual(files)

  const user = readUserState(w.world.folder)
  const done = await w.perform(requestRewind(w.ctx, { ...input, preserveMode: 'create_branch' }))
  expect(done).toMatchObject({ state: 'done', error: null })
  expect(w.world.read('a.txt')).toBe('one\n')
  expect(await w.perform(requestUndo(w.ctx, { operationId: done.id }))).toMatchObject({ state: 'done', error: null })
  expect(readFiles(w.world.folder)).toEqual(files)
  expect(readUserState(w.world.folder)).toEqual(user)
})
