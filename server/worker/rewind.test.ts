import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { operations, shelfItems, tasks } from '@/db/schema'
import { eq } from 'drizzle-orm'
import { readFiles, readUserState } from '@/server/git/test-repository'
import {
  listOperations,
  previewRewind,
  previewUndo,
  requestCheckpoint,
  requestRewind,
  requestUndo,
} from '@/server/services/operations'
import { emptyShelfItem, listShelf, previewRestore, requestRestore } from '@/server/services/shelf'
import { createOperationsWorld, type OperationsWorld } from './test-world'

let w: OperationsWorld

beforeEach(async () => {
  w = await createOperationsWorld()
})
afterEach(() => w.close())

/** Three checkpoints: a is one, two, three; b appears at the second and goes at the third; c is new at the third. */
async function threeCheckpoints(): Promise<[string, string, string]> {
  w.world.write('a.txt', 'one\n')
  w.world.write('.gitignore', 'secret.env\n')
  const first = await w.commitCheckpoint('first')
  w.world.write('a.txt', 'two\n')
  w.world.write('b.txt', 'b\n')
  const second = await w.commitCheckpoint('second')
  w.world.write('a.txt', 'three\n')
  w.world.remove('b.txt')
  w.world.write('c.bin', Buffer.from([0, 255, 1, 254]))
  const third = await w.commitCheckpoint('third')
  return [first, second, third]
}

describe('a rewind of files', () => {
  test('shows each path, does exactly that, and is undone to the byte', async () => {
    const [, second] = await threeCheckpoints()
    w.world.write('secret.env', 'key')
    const before = readFiles(w.world.folder)
    const user = readUserState(w.world.folder)
    const input = { taskId: w.taskId, checkpointId: second, preserveMode: 'discard' as const }
    const plan = await previewRewind(w.ctx, input)
    expect(plan.files).toEqual([
      { path: 'c.bin', action: 'delete', reason: null },
      { path: 'a.txt', action: 'restore', reason: null },
      { path: 'b.txt', action: 'recreate', reason: null },
    ])
    expect(plan.button).toBe('Rewind 3 files')
    expect(plan.commitsAfter.map((commit) => commit.subject)).toEqual(['third'])
    const done = await w.perform(requestRewind(w.ctx, { ...input, planHash: plan.planHash }))
    expect(done).toMatchObject({ state: 'done', step: 'recorded', canUndo: true, error: null })
    expect(done.result).toMatchObject({ files: 3, checkpointNumber: 2, preservedAs: null })
    expect(w.world.read('a.txt')).toBe('two\n')
    expect(w.world.read('b.txt')).toBe('b\n')
    expect(w.world.exists('c.bin')).toBe(false)
    expect(w.world.read('secret.env')).toBe('key')
    expect(readUserState(w.world.folder)).toEqual(user)

    const undoPlan = await previewUndo(w.ctx, { operationId: done.id })
    expect(undoPlan.fileTotals).toEqual({ restore: 1, delete: 1, recreate: 1, keep: 0 })
    const undone = await w.perform(requestUndo(w.ctx, { operationId: done.id, planHash: undoPlan.planHash }))
    expect(undone).toMatchObject({ state: 'done', undoOf: done.id })
    expect(readFiles(w.world.folder)).toEqual(before)
    expect(readUserState(w.world.folder)).toEqual(user)

    // Undo of the undo, and so on, as often as one likes.
    const redone = await w.perform(requestUndo(w.ctx, { operationId: undone.id }))
    expect(w.world.read('a.txt')).toBe('two\n')
    const again = await w.perform(requestUndo(w.ctx, { operationId: redone.id }))
    expect(again.state).toBe('done')
    expect(readFiles(w.world.folder)).toEqual(before)
    const states = (await listOperations(w.ctx, { taskId: w.taskId })).entries.map((entry) => entry.state)
    expect(states).toEqual(['done', 'undone', 'done', 'undone'])
  })

  test('keeps what a person edited or added since, unless it is asked to take that too', async () => {
    const [first] = await threeCheckpoints()
    w.world.write('a.txt', 'my own words\n')
    w.world.write('notes.txt', 'mine\n')
    const input = { taskId: w.taskId, checkpointId: first }
    const plan = await previewRewind(w.ctx, input)
    expect(plan.files.filter((file) => file.action === 'keep').map((file) => file.path)).toEqual(['a.txt', 'notes.txt'])
    await w.perform(requestRewind(w.ctx, { ...input, planHash: plan.planHash }))
    expect(w.world.read('a.txt')).toBe('my own words\n')
    expect(w.world.exists('notes.txt')).toBe(true)
    expect(w.world.exists('c.bin')).toBe(false)

    // Hand edits that were kept once are still known as such at the next rewind.
    const next = await previewRewind(w.ctx, input)
    expect(next.fileTotals).toEqual({ restore: 0, delete: 0, recreate: 0, keep: 2 })
    const all = await previewRewind(w.ctx, { ...input, includeEdited: true })
    // A commit never saw untracked files, so it cannot say that one of them should go.
    expect(all.fileTotals).toMatchObject({ restore: 1, delete: 0, keep: 1 })
    await w.perform(requestRewind(w.ctx, { ...input, includeEdited: true, planHash: all.planHash }))
    expect(w.world.read('a.txt')).toBe('one\n')
  })

  test('to the newest checkpoint takes back the edits since then, because there is nothing else to take back', async () => {
    w.world.write('a.txt', 'draft\n')
    const taken = await w.perform(requestCheckpoint(w.ctx, { taskId: w.taskId, message: 'before the experiment' }))
    expect(taken.state).toBe('done')
    w.world.write('a.txt', 'experiment\n')
    w.world.write('extra.txt', 'x')
    const done = await w.perform(
      requestRewind(w.ctx, { taskId: w.taskId, checkpointId: String(taken.result?.checkpointId) }),
    )
    expect(done.result).toMatchObject({ files: 2 })
    expect(w.world.read('a.txt')).toBe('draft\n')
    expect(w.world.exists('extra.txt')).toBe(false)
  })

  test('in a folder shared with another task keeps what that task has not committed, and names it', async () => {
    const [first] = await threeCheckpoints()
    const other = await w.addTask('Write the manual')
    w.world.write('a.txt', 'words of the other task\n')
    await w.perform(requestCheckpoint(w.ctx, { taskId: other }))
    const plan = await previewRewind(w.ctx, { taskId: w.taskId, checkpointId: first })
    expect(plan.files).toContainEqual({
      path: 'a.txt',
      action: 'keep',
      reason: 'Another task changed it since: Write the manual.',
    })
    await w.perform(requestRewind(w.ctx, { taskId: w.taskId, checkpointId: first, planHash: plan.planHash }))
    expect(w.world.read('a.txt')).toBe('words of the other task\n')
  })

  test('goes back behind commits of others whole, because git keeps those, and lists them', async () => {
    const [first] = await threeCheckpoints()
    w.world.write('a.txt', 'committed by somebody else\n')
    w.world.commit('somebody else')
    const plan = await previewRewind(w.ctx, { taskId: w.taskId, checkpointId: first })
    expect(plan.commitsAfter.map((commit) => commit.subject)).toEqual(['somebody else', 'third', 'second'])
    expect(plan.fileTotals).toMatchObject({ restore: 1, delete: 1, keep: 0 })
  })

  test('is refused when a file changed between the preview and the doing', async () => {
    const [first] = await threeCheckpoints()
    const input = { taskId: w.taskId, checkpointId: first }
    const plan = await previewRewind(w.ctx, input)
    w.world.write('a.txt', 'changed in between\n')
    const failed = await w.perform(requestRewind(w.ctx, { ...input, planHash: plan.planHash }))
    expect(failed).toMatchObject({
      state: 'failed',
      error: { code: 'conflict', detail: 'The files changed since the preview. Look at the new plan.' },
    })
    expect(w.world.read('a.txt')).toBe('changed in between\n')
  })

  test('can leave the state before on a branch, and undo takes the branch away', async () => {
    const [first] = await threeCheckpoints()
    w.world.write('a.txt', 'three and a half\n')
    const refs = w.world.git('for-each-ref')
    const done = await w.perform(
      requestRewind(w.ctx, {
        taskId: w.taskId,
        checkpointId: first,
        preserveMode: 'create_branch',
        includeEdited: true,
      }),
    )
    const name = 'makima/build-the-login-page-before-rewind-1'
    expect(done.result?.preservedAs).toEqual({ stateType: 'branch', reference: name })
    expect(w.world.git('show', `${name}:a.txt`)).toBe('three and a half')
    expect(w.world.git('branch', '--show-current')).toBe('main')
    const undone = await w.perform(requestUndo(w.ctx, { operationId: done.id }))
    expect(w.world.git('for-each-ref')).toBe(refs)
    expect(w.world.read('a.txt')).toBe('three and a half\n')
    await w.perform(requestUndo(w.ctx, { operationId: undone.id }))
    expect(w.world.git('show', `${name}:a.txt`)).toBe('three and a half')
  })

  test('can leave the state before in the stash, and undo takes the entry away', async () => {
    const [first] = await threeCheckpoints()
    w.world.write('a.txt', 'unsaved\n')
    const done = await w.perform(
      requestRewind(w.ctx, { taskId: w.taskId, checkpointId: first, preserveMode: 'stash', includeEdited: true }),
    )
    expect(done.error).toBeNull()
    expect(w.world.git('stash', 'list')).toContain('makima: before rewind')
    expect(w.world.git('show', 'stash@{0}:a.txt')).toBe('unsaved')
    await w.perform(requestUndo(w.ctx, { operationId: done.id }))
    expect(w.world.git('stash', 'list')).toBe('')
    expect(w.world.read('a.txt')).toBe('unsaved\n')
  })

  test('with a branch name that is malformed or taken is refused in a sentence and changes nothing', async () => {
    const [first] = await threeCheckpoints()
    const before = readFiles(w.world.folder)
    const input = { taskId: w.taskId, checkpointId: first, preserveMode: 'create_branch' as const }
    await expect(previewRewind(w.ctx, { ...input, branchName: 'a..b' })).rejects.toMatchObject({ code: 'invalid' })
    await expect(requestRewind(w.ctx, { ...input, branchName: 'main' })).rejects.toMatchObject({ code: 'conflict' })
    expect(readFiles(w.world.folder)).toEqual(before)
  })

  test('is refused while another operation waits in the folder', async () => {
    const [first, second] = await threeCheckpoints()
    await requestRewind(w.ctx, { taskId: w.taskId, checkpointId: first })
    await expect(requestRewind(w.ctx, { taskId: w.taskId, checkpointId: second })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('waiting in this folder'),
    })
  })

  test('of two asked for in the same moment only one gets in', async () => {
    const [first, second] = await threeCheckpoints()
    const asked = await Promise.allSettled([
      requestRewind(w.ctx, { taskId: w.taskId, checkpointId: first }),
      requestRewind(w.ctx, { taskId: w.taskId, checkpointId: second }),
    ])
    expect(asked.map((answer) => answer.status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('is refused while an agent runs in the folder', async () => {
    const [first] = await threeCheckpoints()
    await w.addTask('Busy agent', { status: 'running', lastActivityAt: new Date() })
    await expect(requestRewind(w.ctx, { taskId: w.taskId, checkpointId: first })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Busy agent'),
    })
  })

  test('of a folder that is gone, or a commit that was pruned, is refused in a sentence', async () => {
    const [first] = await threeCheckpoints()
    w.world.git('update-ref', '-d', 'HEAD')
    execFileSync('rm', ['-rf', `${w.home}/stores`])
    w.world.git('reflog', 'expire', '--expire=now', '--all')
    w.world.git('rm', '-rqf', '--cached', '.')
    w.world.git('gc', '-q', '--prune=now')
    await expect(previewRewind(w.ctx, { taskId: w.taskId, checkpointId: first })).rejects.toMatchObject({
      code: 'precondition_failed',
      message: expect.stringContaining('pruned'),
    })
    w.world.remove('.')
    await expect(previewRewind(w.ctx, { taskId: w.taskId, checkpointId: first })).rejects.toMatchObject({
      code: 'precondition_failed',
      message: expect.stringContaining('gone'),
    })
  })

  test('says what it cannot take back and which children came later', async () => {
    await w.say(['Please publish'])
    const [first] = await threeCheckpoints()
    const later = new Date(Date.now())
    const child = await w.addTask('Helper', { parentTaskId: w.taskId, startedAt: later })
    const [id] = await w.say([{ tool: ['Bash', { command: 'npm test && git push origin main' }] }])
    const plan = await previewRewind(w.ctx, { taskId: w.taskId, checkpointId: first })
    expect(plan.sideEffects).toEqual([{ messageId: id, what: 'pushed commits to a remote: git push' }])
    expect(plan.children.map((entry) => entry.taskId)).toEqual([child])
  })
})

describe('on a full disk', () => {
  const small = mkdtempSync(join(tmpdir(), 'makima-small-'))
  // Only root may mount a small disk; elsewhere the git layer's own tests stand for this one.
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', small]).status === 0
  afterAll(() => {
    if (mounted) spawnSync('umount', [small])
    rmSync(small, { recursive: true, force: true })
  })

  test.skipIf(!mounted)('a rewind fails in a sentence, changes nothing, and works once there is space', async () => {
    const temporary = process.env.TMPDIR
    process.env.TMPDIR = small
    const full = await createOperationsWorld().finally(() => {
      if (temporary === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = temporary
    })
    try {
      for (let n = 0; n < 10; n++) full.world.write(`big ${n}`, Buffer.alloc(700_000, n))
      const first = await full.commitCheckpoint('big')
      for (let n = 0; n < 10; n++) full.world.write(`big ${n}`, 'small')
      await full.commitCheckpoint('small')
      const free = () => statfsSync(small).bavail * statfsSync(small).bsize
      // Outside the repository, or it would be part of the plan.
      const filler = join(full.world.root, 'filler')
      writeFileSync(filler, Buffer.alloc(Math.max(free() - 3_000_000, 0)))
      const before = readFiles(full.world.folder)
      const user = readUserState(full.world.folder)
      const failed = await full.perform(requestRewind(full.ctx, { taskId: full.taskId, checkpointId: first }))
      expect(failed).toMatchObject({ state: 'failed', error: { detail: expect.stringContaining('disk is full') } })
      expect(readFiles(full.world.folder)).toEqual(before)
      expect(readUserState(full.world.folder)).toEqual(user)
      rmSync(filler)
      const done = await full.perform(requestRewind(full.ctx, { taskId: full.taskId, checkpointId: first }))
      expect(done).toMatchObject({ state: 'done', result: { files: 10 } })
      expect(full.world.read('big 3')).toHaveLength(700_000)
    } finally {
      await full.close()
    }
  })
})

describe('undo', () => {
  test('of an older operation whose files a later one changed asks to undo that one first', async () => {
    const [first, second] = await threeCheckpoints()
    const older = await w.perform(requestRewind(w.ctx, { taskId: w.taskId, checkpointId: second }))
    const later = await w.perform(requestRewind(w.ctx, { taskId: w.taskId, checkpointId: first }))
    expect(later.result).toMatchObject({ files: 2 })
    await expect(requestUndo(w.ctx, { operationId: older.id })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Undo that one first'),
    })
    await w.perform(requestUndo(w.ctx, { operationId: later.id }))
    const undone = await w.perform(requestUndo(w.ctx, { operationId: older.id }))
    expect(undone.state).toBe('done')
    expect(w.world.read('a.txt')).toBe('three\n')
  })

  test('keeps what was edited after the operation', async () => {
    const [first] = await threeCheckpoints()
    const done = await w.perform(requestRewind(w.ctx, { taskId: w.taskId, checkpointId: first }))
    w.world.write('a.txt', 'written after the rewind\n')
    const plan = await previewUndo(w.ctx, { operationId: done.id })
    expect(plan.files).toContainEqual({ path: 'a.txt', action: 'keep', reason: expect.any(String) })
    await w.perform(requestUndo(w.ctx, { operationId: done.id, planHash: plan.planHash }))
    expect(w.world.read('a.txt')).toBe('written after the rewind\n')
    expect(w.world.exists('c.bin')).toBe(true)
  })

  test('of what was undone already, or failed, is refused in a sentence', async () => {
    const [first] = await threeCheckpoints()
    const done = await w.perform(requestRewind(w.ctx, { taskId: w.taskId, checkpointId: first }))
    await w.perform(requestUndo(w.ctx, { operationId: done.id }))
    await expect(previewUndo(w.ctx, { operationId: done.id })).rejects.toMatchObject({ code: 'conflict' })
  })
})

describe('the recover shelf', () => {
  test('holds the state before every rewind until a person empties it', async () => {
    const [first] = await threeCheckpoints()
    w.world.write('a.txt', 'precious\n')
    await w.perform(requestRewind(w.ctx, { taskId: w.taskId, checkpointId: first, includeEdited: true }))
    const [item] = (await listShelf(w.ctx)).entries
    if (!item) throw new Error('the shelf is empty')
    expect(item).toMatchObject({ taskId: w.taskId, files: 2 })
    w.world.write('a.txt', 'something else\n')
    const plan = await previewRestore(w.ctx, { id: item.id })
    const restored = await w.perform(requestRestore(w.ctx, { id: item.id, planHash: plan.planHash }))
    expect(restored.state).toBe('done')
    expect(w.world.read('a.txt')).toBe('precious\n')
    await emptyShelfItem(w.ctx, { id: item.id })
    await expect(previewRestore(w.ctx, { id: item.id })).rejects.toMatchObject({ code: 'precondition_failed' })
    expect((await listShelf(w.ctx)).totals.items).toBe(1)
  })
})

describe('a manual checkpoint', () => {
  test('holds all files and the place in the talk, and gets the next number', async () => {
    await threeCheckpoints()
    await w.say(['one', 'two'])
    w.world.write('new.txt', 'n')
    const user = readUserState(w.world.folder)
    const taken = await w.perform(requestCheckpoint(w.ctx, { taskId: w.taskId }))
    expect(taken.result).toMatchObject({ number: 4 })
    expect(readUserState(w.world.folder)).toEqual(user)
    expect(taken.canUndo).toBe(false)
    const rows = await w.ctx.db.select().from(shelfItems)
    expect(rows).toHaveLength(0)
    const [task] = await w.ctx.db.select().from(tasks).where(eq(tasks.id, w.taskId))
    expect(task?.messageCount).toBe(2)
    const [operation] = await w.ctx.db.select().from(operations).where(eq(operations.id, taken.id))
    expect(operation?.state).toBe('done')
  })
})
