import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { tasks } from '@/db/schema'
import { readFiles } from '@/server/git/test-repository'
import { listHistory } from '@/server/services/history-list'
import {
  previewConversationRewind,
  previewRewind,
  previewUndo,
  requestCheckpoint,
  requestConversationRewind,
  requestRewind,
  requestUndo,
} from '@/server/services/operations'
import { emptyShelfItem, listShelf, requestRestore } from '@/server/services/shelf'
import { addWorktree, type Family, tellFamily } from './test-family'
import { createOperationsWorld, type OperationsWorld } from './test-world'

// Each goes through dozens of git processes, in two folders and to and fro.
vi.setConfig({ testTimeout: 240_000 })

let w: OperationsWorld
beforeEach(async () => {
  w = await createOperationsWorld()
})
afterEach(() => w.close())

const rewindOf = (family: Family) => ({
  taskId: w.taskId,
  toMessageId: family.last,
  rewindCode: true,
  includeChildren: true,
})

test('children are told and not touched unless they are asked to follow', async () => {
  const family = await tellFamily(w)
  const { includeChildren: _, ...input } = rewindOf(family)
  const plan = await previewConversationRewind(w.ctx, input)
  const told = Object.fromEntries(plan.children.map((child) => [child.name, child.sentence]))
  expect(told).toEqual({
    'In a folder of its own': 'Went on after this point. It is not touched.',
    'In the same folder': 'Went on after this point. It is not touched.',
    'Below the first': 'Went on after this point. It is not touched.',
    'Begun later': 'Began after this point. It is not touched.',
  })
  const before = await family.read()
  expect((await w.perform(requestConversationRewind(w.ctx, input))).error).toBeNull()
  const after = await family.read()
  expect({ ...after, main: null, talks: { ...after.talks, main: 0 } }).toEqual({
    ...before,
    main: null,
    talks: { ...before.talks, main: 0 },
  })
})

test('talk and files of every child go to the same moment in one operation, and one undo brings all of it back', async () => {
  const family = await tellFamily(w)
  const before = await family.read()
  const plan = await previewConversationRewind(w.ctx, rewindOf(family))
  expect(plan.children.map(({ name, action, messages }) => ({ name, action, messages }))).toEqual([
    { name: 'In a folder of its own', action: 'follows', messages: 2 },
    { name: 'In the same folder', action: 'follows', messages: 1 },
    { name: 'Below the first', action: 'follows', messages: 1 },
    { name: 'Begun later', action: 'aside', messages: 0 },
  ])
  expect(plan.children[0]?.files.map(({ path, action }) => `${action} ${path}`)).toEqual([
    'delete new.txt',
    'restore a.txt',
    'keep staged.txt',
  ])
  expect(plan.sentence).toMatch(
    /3 child tasks follow with 2 files and 4 messages; 1 child task that began later is left aside\.$/,
  )
  expect(plan.button).toBe('Rewind 1 file and 2 messages and 3 child tasks')

  const done = await w.perform(requestConversationRewind(w.ctx, { ...rewindOf(family), planHash: plan.planHash }))
  expect(done.error).toBeNull()
  const after = await family.read()
  expect(after.main).toEqual(family.moment.main)
  expect(after.own).toEqual(family.moment.own)
  expect(after.talks).toEqual({ main: 1, own: 1, same: 1, below: 1, later: 1 })
  expect(after.statuses.later).toBe('interrupted')
  expect(after.user).toEqual(before.user)
  expect((await listHistory(w.ctx, { taskId: family.own })).entries.map((entry) => entry.eventType)).toContain(
    'rewind.applied',
  )

  const back = await previewUndo(w.ctx, { operationId: done.id })
  expect(back.children.map((child) => child.messages)).toEqual([-2, -1, -1])
  expect(back.sentence).toContain('3 child tasks follow with 2 files and 4 messages')
  expect(back.sentence).toContain('1 child task is no longer marked as stopped')
  const undone = await w.perform(requestUndo(w.ctx, { operationId: done.id, planHash: back.planHash }))
  expect(undone.error).toBeNull()
  expect(await family.read()).toEqual(before)

  const redone = await w.perform(requestUndo(w.ctx, { operationId: undone.id }))
  expect(redone.error).toBeNull()
  expect(await family.read()).toEqual(after)
  await w.perform(requestUndo(w.ctx, { operationId: redone.id }))
  expect(await family.read()).toEqual(before)
})

test('a rewind of files alone takes the folders of children along and leaves every conversation as it is', async () => {
  const family = await tellFamily(w)
  const before = await family.read()
  const input = { taskId: w.taskId, checkpointId: family.checkpoint, includeChildren: true }
  for (const preserveMode of ['create_branch', 'stash'] as const) {
    const branchName = preserveMode === 'create_branch' ? 'kept' : null
    const plan = await previewRewind(w.ctx, { ...input, preserveMode, branchName })
    const done = await w.perform(requestRewind(w.ctx, { ...input, preserveMode, branchName, planHash: plan.planHash }))
    expect(done.error).toBeNull()
    const after = await family.read()
    expect([after.main, after.own]).toEqual([family.moment.main, family.moment.own])
    expect(after.talks).toEqual(before.talks)
    if (branchName) {
      const branches = w.world.git('branch', '--format=%(refname:short)').split('\n')
      const kept = branches.find((name) => name.startsWith('makima/'))
      expect(branches).toContain('kept')
      expect(plan.children[0]?.sentence).toContain(`kept as ${kept}`)
      expect(w.world.git('show', `${kept}:new.txt`)).toBe('new')
    } else {
      expect(w.world.git('stash', 'list').split('\n')).toHaveLength(3)
    }
    expect((await w.perform(requestUndo(w.ctx, { operationId: done.id }))).error).toBeNull()
    expect(await family.read()).toEqual(before)
  }
})

test('what a child left behind is known to be its own afterwards, and its old state lies on the shelf by itself', async () => {
  const family = await tellFamily(w)
  const before = await family.read()
  const done = await w.perform(requestConversationRewind(w.ctx, rewindOf(family)))
  writeFileSync(join(family.folder, 'readme.md'), 'edited by hand\n')
  const forward = await previewRewind(w.ctx, { taskId: family.own, checkpointId: family.ownLatest })
  expect(forward.files.filter((file) => file.action === 'keep').map((file) => file.path)).toContain('readme.md')
  expect(forward.fileTotals).toMatchObject({ restore: 1, recreate: 1 })

  const items = (await listShelf(w.ctx)).entries.filter((item) => item.operationId === done.id)
  const shown = items.map(({ taskId, files, messages }) => ({ taskId, files, messages }))
  expect(shown).toHaveLength(4)
  expect(shown).toEqual(
    expect.arrayContaining([
      { taskId: w.taskId, files: 1, messages: 2 },
      { taskId: family.own, files: 2, messages: 2 },
      { taskId: family.same, files: 0, messages: 1 },
      { taskId: family.below, files: 0, messages: 1 },
    ]),
  )
  const own = items.find((item) => item.taskId === family.own)
  expect((await w.perform(requestRestore(w.ctx, { id: own?.id ?? '' }))).error).toBeNull()
  const after = await family.read()
  expect(after.own).toEqual(before.own)
  expect(after.talks).toMatchObject({ own: 3, main: 1, same: 1, below: 1 })
  await emptyShelfItem(w.ctx, { id: own?.id ?? '' })
  const main = items.find((item) => item.taskId === w.taskId)
  expect((await w.perform(requestRestore(w.ctx, { id: main?.id ?? '' }))).error).toBeNull()
  expect((await family.read()).main).toEqual(before.main)
})

test('it is refused while an agent or another operation is at work in a child, and done as seen or not at all', async () => {
  const family = await tellFamily(w)
  const before = await family.read()
  const input = rewindOf(family)
  await w.ctx.db.update(tasks).set({ status: 'running', lastActivityAt: new Date() }).where(eq(tasks.id, family.later))
  await expect(previewConversationRewind(w.ctx, input)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('An agent is running in a task that would go back as well (Begun later)'),
  })
  await w.ctx.db.update(tasks).set({ status: 'pending' }).where(eq(tasks.id, family.later))

  const waiting = await requestCheckpoint(w.ctx, { taskId: family.own })
  await expect(requestConversationRewind(w.ctx, input)).rejects.toMatchObject({ code: 'conflict' })
  expect((await w.perform(waiting)).error).toBeNull()

  const plan = await previewConversationRewind(w.ctx, input)
  const asked = await requestConversationRewind(w.ctx, { ...input, planHash: plan.planHash })
  await expect(requestCheckpoint(w.ctx, { taskId: family.own })).rejects.toMatchObject({ code: 'conflict' })
  await w.say([{ text: 'and on', at: new Date() }], family.own)
  expect(await w.perform(asked)).toMatchObject({ state: 'failed', error: { code: 'conflict' } })
  const after = await family.read()
  expect(after.talks).toEqual({ ...before.talks, own: 4 })
  expect({ ...after, talks: null, counts: null }).toEqual({ ...before, talks: null, counts: null })
})

test('a child whose folder is gone, or had no checkpoint then, keeps its files, says why, and the others go back', async () => {
  const family = await tellFamily(w)
  const other = await addWorktree(w, 'other')
  const startedAt = new Date(0)
  const unsaved = await w.addTask('Saved too late', {
    parentTaskId: w.taskId,
    worktreeId: other.worktreeId,
    startedAt,
  })
  await w.perform(requestCheckpoint(w.ctx, { taskId: unsaved }))
  rmSync(family.folder, { recursive: true })
  const plan = await previewConversationRewind(w.ctx, rewindOf(family))
  const told = Object.fromEntries(plan.children.map((child) => [child.taskId, child]))
  expect(told[unsaved]).toMatchObject({
    action: 'stays',
    sentence: 'Its files stay: there is no checkpoint of it at or before that moment.',
  })
  expect(told[family.own]).toMatchObject({ action: 'follows', files: [], messages: 2 })
  expect(told[family.own]?.sentence).toContain(`The folder ${family.folder} is gone`)
  const done = await w.perform(requestConversationRewind(w.ctx, { ...rewindOf(family), planHash: plan.planHash }))
  expect(done.error).toBeNull()
  expect(readFiles(w.world.folder)).toEqual(family.moment.main)
  expect((await w.getTask(family.own)).messageCount).toBe(1)
})
