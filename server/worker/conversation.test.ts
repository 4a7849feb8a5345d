import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { tasks, worktrees } from '@/db/schema'
import { messages, segments } from '@/db/talk-tables'
import { readFiles, readUserState } from '@/server/git/test-repository'
import { readHeadPath } from '@/server/services/operation-talk'
import {
  previewConversationRewind,
  previewFork,
  previewUndo,
  requestBranch,
  requestConversationRewind,
  requestFork,
  requestUndo,
} from '@/server/services/operations'
import { listShelf, requestRestore } from '@/server/services/shelf'
import { createOperationsWorld, type OperationsWorld, STORY_START } from './test-world'

let w: OperationsWorld

beforeEach(async () => {
  w = await createOperationsWorld()
})
afterEach(() => w.close())

const rowsOf = async () => (await w.ctx.db.select({ seq: messages.seq }).from(messages)).length
const headOf = async (id = w.taskId) => {
  const task = await w.getTask(id)
  return readHeadPath(w.ctx, { segmentId: task.headSegmentId, seq: task.headSeq })
}

describe('a rewind of a conversation', () => {
  test('by message leaves the rows where they are, says what goes, and is undone', async () => {
    const ids = await w.say(['one', 'two', 'three', 'four'])
    const files = readFiles(w.world.folder)
    const plan = await previewConversationRewind(w.ctx, { taskId: w.taskId, toMessageId: ids[1] })
    expect(plan.messages).toEqual({ count: 2, costUsd: 1, tokens: 30, fromIndex: 2 })
    expect(plan.button).toBe('Rewind 2 messages')
    const done = await w.perform(
      requestConversationRewind(w.ctx, { taskId: w.taskId, toMessageId: ids[1], planHash: plan.planHash }),
    )
    expect(done.result).toMatchObject({ messages: 2, files: 0 })
    expect((await headOf()).total).toBe(2)
    expect(await rowsOf()).toBe(4)
    expect(readFiles(w.world.folder)).toEqual(files)
    await w.perform(requestUndo(w.ctx, { operationId: done.id }))
    expect((await headOf()).total).toBe(4)
    expect((await w.getTask()).messageCount).toBe(4)
  })

  test('by time and by count ends at the same message', async () => {
    await w.say(['one', 'two', 'three', 'four'])
    const at = new Date(STORY_START + 90_000)
    const byTime = await previewConversationRewind(w.ctx, { taskId: w.taskId, toTimestamp: at })
    const byCount = await previewConversationRewind(w.ctx, { taskId: w.taskId, byMessageCount: 2 })
    expect(byTime.messages).toEqual(byCount.messages)
    expect(byTime.messages?.count).toBe(2)
  })

  test('past its beginning, to a foreign message or with two targets is refused in a sentence', async () => {
    await w.say(['one'])
    const taskId = w.taskId
    await expect(previewConversationRewind(w.ctx, { taskId, byMessageCount: 2 })).rejects.toMatchObject({
      code: 'invalid',
    })
    await expect(previewConversationRewind(w.ctx, { taskId, toMessageId: taskId })).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(
      previewConversationRewind(w.ctx, { taskId, byMessageCount: 1, toTimestamp: new Date() }),
    ).rejects.toMatchObject({ code: 'invalid' })
  })

  test('with code takes the files to the last checkpoint at or before the message, in one operation with one undo', async () => {
    await w.say(['make it one'])
    w.world.write('a.txt', 'one\n')
    await w.commitCheckpoint('one')
    const [second] = await w.say(['make it two'])
    w.world.write('a.txt', 'two\n')
    await w.commitCheckpoint('two')
    await w.say(['make it three'])
    w.world.write('a.txt', 'three\n')
    await w.commitCheckpoint('three')
    const before = readFiles(w.world.folder)
    const input = { taskId: w.taskId, toMessageId: second, rewindCode: true }
    const plan = await previewConversationRewind(w.ctx, input)
    expect(plan.button).toBe('Rewind 1 file and 1 message')
    const done = await w.perform(requestConversationRewind(w.ctx, { ...input, planHash: plan.planHash }))
    expect(done.result).toMatchObject({ files: 1, messages: 1, checkpointNumber: 2 })
    expect(w.world.read('a.txt')).toBe('two\n')
    await w.perform(requestUndo(w.ctx, { operationId: done.id }))
    expect(readFiles(w.world.folder)).toEqual(before)
    expect((await headOf()).total).toBe(3)
  })

  test('is refused when the conversation went on since the preview', async () => {
    const ids = await w.say(['one', 'two'])
    const plan = await previewConversationRewind(w.ctx, { taskId: w.taskId, toMessageId: ids[0] })
    await w.say(['three'])
    const failed = await w.perform(
      requestConversationRewind(w.ctx, { taskId: w.taskId, toMessageId: ids[0], planHash: plan.planHash }),
    )
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'conflict' } })
    expect((await headOf()).total).toBe(3)
  })

  test('leaves the old end of the talk on the shelf, from where it comes back', async () => {
    await w.say(['one', 'two', 'three'])
    await w.perform(requestConversationRewind(w.ctx, { taskId: w.taskId, byMessageCount: 3 }))
    expect((await headOf()).total).toBe(0)
    const [item] = (await listShelf(w.ctx)).entries
    expect(item).toMatchObject({ messages: 3, files: 0 })
    await w.perform(requestRestore(w.ctx, { id: item?.id ?? '' }))
    expect((await headOf()).total).toBe(3)
  })
})

describe('a fork', () => {
  test('from a checkpoint is a new task with its own folder, branch and talk, and copies no message', async () => {
    await w.say(['one', 'two'])
    w.world.write('a.txt', 'then\n')
    const checkpoint = await w.commitCheckpoint('then')
    await w.say(['three'])
    w.world.write('a.txt', 'now\n')
    w.world.write('.env.local', 'KEY=1\n')
    w.world.write('.gitignore', '.env*\n')
    await w.commitCheckpoint('now')
    const files = readFiles(w.world.folder)
    const { head, indexBytes, stash } = readUserState(w.world.folder)
    const rows = await rowsOf()
    const input = { taskId: w.taskId, forkFromType: 'checkpoint' as const, forkFromValue: checkpoint }
    const plan = await previewFork(w.ctx, input)
    expect(plan.sentence).toContain('goes on after 2 messages')
    const done = await w.perform(requestFork(w.ctx, { ...input, newTaskName: 'Try Svelte', newTaskPlan: 'use Svelte' }))
    expect(done).toMatchObject({ state: 'done', error: null })
    expect(done.result).toMatchObject({ branchName: 'makima/try-svelte', messageCount: 2 })
    const fork = await w.getTask(String(done.result?.newTaskId))
    expect(fork).toMatchObject({ forkedFromTaskId: w.taskId, status: 'pending', branch: 'makima/try-svelte' })
    const [worktree] = await w.ctx.db
      .select()
      .from(worktrees)
      .where(eq(worktrees.id, fork.worktreeId ?? ''))
    expect(worktree?.kind).toBe('fork')
    const forked = readFiles(worktree?.path ?? '')
    expect(forked['a.txt']).toBe('-:then\n')
    expect((await headOf(fork.id)).total).toBe(2)
    expect(await rowsOf()).toBe(rows)
    expect(readFiles(w.world.folder)).toEqual(files)
    expect(readUserState(w.world.folder)).toMatchObject({ head, indexBytes, stash })

    // Undo keeps what was done in the fork on the shelf; undo of the undo lays it out again.
    const { writeFileSync } = await import('node:fs')
    writeFileSync(`${worktree?.path}/work.txt`, 'done in the fork\n')
    const undone = await w.perform(requestUndo(w.ctx, { operationId: done.id }))
    expect(undone.error).toBeNull()
    expect(readFiles(w.world.folder)).toEqual(files)
    expect(w.world.git('branch', '--list', 'makima/*')).toBe('')
    expect((await listShelf(w.ctx)).totals.items).toBe(1)
    const redone = await w.perform(requestUndo(w.ctx, { operationId: undone.id }))
    expect(redone.error).toBeNull()
    expect(readFiles(worktree?.path ?? '')).toMatchObject({ 'work.txt': '-:done in the fork\n', 'a.txt': '-:then\n' })
  })

  test('from a message takes that moment’s code, from a time too', async () => {
    const [first] = await w.say(['one'])
    w.world.write('a.txt', 'early\n')
    await w.commitCheckpoint('early')
    const [later] = await w.say(['two'])
    w.world.write('a.txt', 'late\n')
    await w.commitCheckpoint('late')
    await w.say(['three'])
    const byMessage = await w.perform(
      requestFork(w.ctx, {
        taskId: w.taskId,
        forkFromType: 'message_id',
        forkFromValue: first ?? '',
        newTaskName: 'A',
      }),
    )
    expect(byMessage.result).toMatchObject({ messageCount: 1 })
    const folder = String(byMessage.result?.folder)
    expect(readFiles(folder)['a.txt']).toBe('-:early\n')
    const at = new Date(STORY_START + 60_000 * 3.5).toISOString()
    const byTime = await w.perform(
      requestFork(w.ctx, {
        taskId: w.taskId,
        forkFromType: 'timestamp',
        forkFromValue: at,
        newTaskName: 'B',
        includeConversation: false,
      }),
    )
    expect(readFiles(String(byTime.result?.folder))['a.txt']).toBe('-:late\n')
    expect(byTime.result).toMatchObject({ messageCount: 0, conversationIncluded: false })
    expect((await headOf(String(byTime.result?.newTaskId))).total).toBe(0)
    expect(later).toBeDefined()
  })

  test('without a branch has a folder on no branch, and undo takes the folder away', async () => {
    await w.say(['one'])
    w.world.write('a.txt', 'a\n')
    const checkpoint = await w.commitCheckpoint('a')
    const refs = w.world.git('for-each-ref')
    const done = await w.perform(
      requestFork(w.ctx, {
        taskId: w.taskId,
        forkFromType: 'checkpoint',
        forkFromValue: checkpoint,
        newTaskName: 'Detached',
        createBranch: false,
      }),
    )
    expect(done.error).toBeNull()
    expect(done.result).toMatchObject({ branchName: null })
    expect(readFiles(String(done.result?.folder))['a.txt']).toBe('-:a\n')
    expect(w.world.git('for-each-ref')).toBe(refs)
    const undone = await w.perform(requestUndo(w.ctx, { operationId: done.id }))
    expect(undone.error).toBeNull()
    expect(w.world.git('worktree', 'list').split('\n')).toHaveLength(1)
  })

  test('from a message that was rewound away still works', async () => {
    const ids = await w.say(['one', 'two', 'three'])
    await w.perform(requestConversationRewind(w.ctx, { taskId: w.taskId, byMessageCount: 2 }))
    const done = await w.perform(
      requestFork(w.ctx, {
        taskId: w.taskId,
        forkFromType: 'message_id',
        forkFromValue: ids[2] ?? '',
        newTaskName: 'C',
      }),
    )
    expect(done.result).toMatchObject({ messageCount: 3, branchName: null })
  })

  test('of ten thousand messages copies none of them', async () => {
    const [first] = await w.say(['one'])
    const [segment] = await w.ctx.db.select().from(segments)
    const rows = Array.from({ length: 9_999 }, (_, n) => ({
      segmentId: segment?.id ?? '',
      seq: n + 2,
      ownerId: w.ctx.actor.ownerId,
      role: 'assistant',
      kind: 'text',
      text: `answer ${n}`,
    }))
    for (let at = 0; at < rows.length; at += 1_000) await w.ctx.db.insert(messages).values(rows.slice(at, at + 1_000))
    await w.ctx.db.update(segments).set({ length: 10_000 })
    await w.ctx.db.update(tasks).set({ headSeq: 10_000 }).where(eq(tasks.id, w.taskId))
    const last = `${(first ?? '').slice(0, 28)}00002710`
    const done = await w.perform(
      requestFork(w.ctx, { taskId: w.taskId, forkFromType: 'message_id', forkFromValue: last, newTaskName: 'Long' }),
    )
    expect(done.result).toMatchObject({ messageCount: 10_000 })
    expect(await rowsOf()).toBe(10_000)
  })
})

describe('a branch', () => {
  test('is made at the checkpoint, not checked out, and undo takes it away again', async () => {
    w.world.write('a.txt', 'then\n')
    const checkpointId = await w.commitCheckpoint('then')
    const refs = w.world.git('for-each-ref')
    const done = await w.perform(requestBranch(w.ctx, { checkpointId, branchName: 'try/this' }))
    expect(done.result).toMatchObject({ branchName: 'try/this', sha: w.world.git('rev-parse', 'HEAD') })
    expect(w.world.git('branch', '--show-current')).toBe('main')
    await expect(requestBranch(w.ctx, { checkpointId, branchName: 'try/this' })).rejects.toMatchObject({
      code: 'conflict',
    })
    await expect(requestBranch(w.ctx, { checkpointId, branchName: '../x' })).rejects.toMatchObject({ code: 'invalid' })
    const plan = await previewUndo(w.ctx, { operationId: done.id })
    expect(plan.sentence).toBe('The branch try/this goes.')
    const undone = await w.perform(requestUndo(w.ctx, { operationId: done.id }))
    expect(w.world.git('for-each-ref')).toBe(refs)
    await w.perform(requestUndo(w.ctx, { operationId: undone.id }))
    expect(w.world.git('for-each-ref')).toContain('refs/heads/try/this')
  })
})
