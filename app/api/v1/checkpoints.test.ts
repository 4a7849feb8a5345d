import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as checkpointRoute from '@/app/api/v1/checkpoints/[id]/route'
import * as diffRoute from '@/app/api/v1/checkpoints/[id]/diff/route'
import * as contractsRoute from '@/app/api/v1/contracts/route'
import * as branchRoute from '@/app/api/v1/mesh/tasks/[id]/checkpoints/[cid]/branch/route'
import * as checkpointsRoute from '@/app/api/v1/mesh/tasks/[id]/checkpoints/route'
import * as previewRoute from '@/app/api/v1/mesh/tasks/[id]/rewind/preview/route'
import { newId } from '@/db/ids'
import { taskCheckpoints, tasks } from '@/db/schema'
import { conversationSnapshots } from '@/db/talk-tables'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { createWorld, type TestWorld } from '@/server/git/test-repository'
import { createCaller } from '@/server/root'
import { toMessageId } from '@/server/services/message-id'
import { addSegment } from '@/server/services/test-world'
import { eq } from 'drizzle-orm'
import { call, openTestApi } from './test-call'

let database: TestDatabase
let ctx: Context
let world: TestWorld
let task: typeof tasks.$inferSelect
let shas: string[]
beforeAll(async () => {
  database = await createTestDatabase()
  ctx = openTestApi(database.url)
  world = createWorld()
  const first = world.git('rev-parse', 'HEAD')
  world.write('src/a.txt', 'a\nsecond line\n')
  world.write('name with ünï and space.txt', 'x\n')
  world.git('mv', 'src/b.txt', 'src/moved.txt')
  world.write('picture.bin', Buffer.from([0, 1, 2, 3, 0]))
  const second = world.commit('second')
  rmSync(`${world.folder}/picture.bin`)
  const third = world.commit('third')
  shas = [first, second, third]
  const { body } = await call(contractsRoute, { method: 'POST', body: { name: 'x', repositoryPath: world.folder } })
  const [row] = await ctx.db.select().from(tasks).where(eq(tasks.id, body.taskId))
  if (!row) throw new Error('no task')
  task = row
})
afterAll(async () => {
  world.cleanup()
  await database.close()
})

let number = 0
async function addCheckpoint(sha: string, values: Partial<typeof taskCheckpoints.$inferInsert> = {}): Promise<string> {
  const id = newId()
  number += 1
  await ctx.db.insert(taskCheckpoints).values({
    id,
    ownerId: ctx.actor.ownerId,
    contractId: task.contractId,
    taskId: task.id,
    repositoryId: task.repositoryId ?? '',
    worktreeId: task.worktreeId,
    number,
    kind: 'manual',
    commitSha: sha,
    treeSha: sha.startsWith('0000') ? sha : world.git('rev-parse', `${sha}^{tree}`),
    message: `checkpoint ${number}`,
    ...values,
  })
  return id
}
const commitOf = (i: number) =>
  addCheckpoint(shas[i] ?? '', { kind: 'turn', baseHead: shas[i - 1] ?? null, worktreeId: null })
const diffOf = (id: string, query: Record<string, string> = {}) => call(diffRoute, { params: { id }, query })

describe('what a checkpoint changed', () => {
  test('equals what git says, file by file, with its patches', async () => {
    const { body } = await diffOf(await commitOf(1))
    expect(body.files.map(({ path, status }: { path: string; status: string }) => [path, status])).toEqual([
      ['name with ünï and space.txt', 'added'],
      ['picture.bin', 'added'],
      ['src/a.txt', 'modified'],
      ['src/moved.txt', 'renamed'],
    ])
    expect(body.stats).toEqual({ files: 4, additions: 2, deletions: 0 })
    const [named, picture, changed, moved] = body.files
    expect(picture).toMatchObject({ binary: true })
    expect(picture).not.toHaveProperty('patch')
    expect(named.patch).toContain('+x')
    expect(changed.patch).toContain('+second line')
    expect(moved).toMatchObject({ oldPath: 'src/b.txt' })
  })

  test('is read for one path alone, and a path that did not change is not found', async () => {
    const id = await commitOf(1)
    const { body } = await diffOf(id, { path: 'src/a.txt' })
    expect(body.files).toHaveLength(1)
    expect(body.files[0].patch).toContain('+second line')
    expect((await diffOf(id, { path: 'readme.md' })).status).toBe(404)
    const caller = createCaller(ctx)
    const patch = await caller.checkpoints.patch({ id, against: 'parent', path: 'src/moved.txt' })
    expect(patch.patch).toContain('rename from src/b.txt')
    expect((await caller.checkpoints.patch({ id, path: 'picture.bin' })).binary).toBe(true)
  })

  test('is compared with another checkpoint and with the folder as it is', async () => {
    const [first, third] = [await commitOf(0), await commitOf(2)]
    expect((await diffOf(third, { against: first })).body.stats.files).toBe(3)
    world.write('untracked.txt', 'new\n')
    const { body } = await diffOf(third, { against: 'worktree' })
    expect(body.files).toMatchObject([{ path: 'untracked.txt', status: 'added' }])
    world.remove('untracked.txt')
    expect((await diffOf(third, { against: 'yesterday' })).status).toBe(400)
  })

  test('of a commit that git has pruned says what was wrong and what to do', async () => {
    const gone = await addCheckpoint('0'.repeat(39).concat('1'), { kind: 'turn', treeSha: '0'.repeat(40) })
    const { status, body } = await diffOf(gone)
    expect([status, body.code]).toEqual([404, 'not_found'])
    expect(body.detail).toMatch(/pruned.*or choose another checkpoint\.$/)
    await expect(createCaller(ctx).checkpoints.tree({ id: gone })).rejects.toThrow('pruned')
  })
})

test('the files of a checkpoint are listed and read as they were then', async () => {
  const id = await commitOf(1)
  const caller = createCaller(ctx)
  const tree = await caller.checkpoints.tree({ id })
  expect(tree.files.map((file) => file.path).sort()).toContain('src/moved.txt')
  expect(await caller.checkpoints.file({ id, path: 'src/a.txt' })).toMatchObject({
    text: 'a\nsecond line\n',
    binary: false,
  })
  expect(await caller.checkpoints.file({ id, path: 'picture.bin' })).toMatchObject({
    text: null,
    binary: true,
    size: 5,
  })
  await expect(caller.checkpoints.file({ id, path: 'none' })).rejects.toThrow('There is no file none')
})

test('a checkpoint knows the message it was taken at, also when that was rewound since', async () => {
  const segmentId = await addSegment(ctx, task.id, [{ text: 'a' }, { text: 'b' }, { text: 'c' }])
  await ctx.db.update(tasks).set({ headSegmentId: segmentId, headSeq: 2 }).where(eq(tasks.id, task.id))
  const at = async (seq: number) => {
    const snapshot = newId()
    await ctx.db
      .insert(conversationSnapshots)
      .values({ id: snapshot, ownerId: ctx.actor.ownerId, taskId: task.id, snapshotType: 'checkpoint', segmentId, seq })
    return addCheckpoint(shas[0] ?? '', { conversationSnapshotId: snapshot })
  }
  const [inForce, rewound] = [await at(2), await at(3)]
  const get = async (id: string) => (await call(checkpointRoute, { params: { id } })).body
  expect(await get(inForce)).toMatchObject({ messageId: toMessageId(segmentId, 2), messageIndex: 1 })
  expect(await get(rewound)).toMatchObject({ messageId: toMessageId(segmentId, 3), messageIndex: null })
  const { body } = await call(checkpointsRoute, { params: { id: task.id } })
  const numbers = body.checkpoints.map((checkpoint: { number: number }) => checkpoint.number)
  expect(numbers).toEqual(numbers.toSorted((a: number, b: number) => a - b))
})

test('a preview of a rewind lists every path, and a malformed branch name is refused', async () => {
  const checkpointId = await commitOf(1)
  const preview = await call(previewRoute, {
    method: 'POST',
    params: { id: task.id },
    body: { checkpointId, preserveMode: 'discard', includeEdited: true },
  })
  expect(preview.status).toBe(200)
  expect(preview.body.planHash).toBeTruthy()
  expect(preview.body.files.map((file: { path: string }) => file.path)).toContain('picture.bin')
  const refused = await call(branchRoute, {
    method: 'POST',
    params: { id: task.id, cid: checkpointId },
    body: { branchName: 'bad..name' },
  })
  expect(refused.status).toBe(400)
  const foreign = await call(branchRoute, {
    method: 'POST',
    params: { id: newId(), cid: checkpointId },
    body: { branchName: 'x' },
  })
  expect(foreign.status).toBe(404)
})
