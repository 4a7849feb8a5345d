// A contract goes to another Makima as one file. Here and not beside the service, as it takes operations that were really done.
import { createWriteStream, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { eq, sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { contracts, repositories, taskCheckpoints, tasks, worktrees } from '@/db/schema'
import { transcriptSources } from '@/db/talk-tables'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { openContractFile } from '@/server/services/contract-file/write-contract'
import { getContract } from '@/server/services/contracts'
import { getSlice } from '@/server/services/conversation'
import { getDiffWithPatches } from '@/server/services/diffs'
import { createTestContext, hashSource, importPath } from '@/server/services/import/test-import'
import { requestFork, requestRewind } from '@/server/services/operations'
import { createSample } from '@/server/services/sample'
import { createOperationsWorld, type OperationsWorld } from './test-world'

let w: OperationsWorld
let other: TestDatabase
let there: Context
let file: string
let contractId: string

const COUNTED = [
  'tasks',
  'segments',
  'messages',
  'conversation_snapshots',
  'transcript_sources',
  'transcript_feeds',
  'transcript_chunks',
  'task_checkpoints',
  'operations',
  'shelf_items',
]

beforeEach(async () => {
  w = await createOperationsWorld()
  other = await createTestDatabase()
  there = await createTestContext(other)
  ;({ contractId } = await createSample(w.ctx))
  file = join(w.world.root, 'sample.makima')
})
afterEach(async () => {
  await w.close()
  await other.close()
})

async function write(): Promise<void> {
  const { stream } = await openContractFile(w.ctx, { id: contractId })
  await pipeline(stream, createWriteStream(file))
}

async function countRows(ctx: Context, name: string): Promise<number> {
  const rows = await ctx.db.execute<{ n: number }>(sql`select count(*)::int as n from ${sql.identifier(name)}`)
  return rows[0]?.n ?? 0
}

/** A rewind and a fork in the sample, as a person would have done them. */
async function work() {
  const [task] = await w.ctx.db.select().from(tasks).where(eq(tasks.contractId, contractId))
  const taskId = task?.id ?? ''
  const [, second, third] = await w.ctx.db
    .select()
    .from(taskCheckpoints)
    .where(eq(taskCheckpoints.taskId, taskId))
    .orderBy(taskCheckpoints.number)
  const rewound = await w.perform(
    requestRewind(w.ctx, { taskId, checkpointId: second?.id ?? '', preserveMode: 'discard' }),
  )
  const forked = await w.perform(
    requestFork(w.ctx, {
      taskId,
      forkFromType: 'checkpoint',
      forkFromValue: third?.id ?? second?.id ?? '',
      newTaskName: 'Another way',
    }),
  )
  expect([rewound.error, forked.error]).toEqual([null, null])
  return { taskId, forkId: String(forked.result?.newTaskId), checkpointId: second?.id ?? '' }
}

test('talk, checkpoints, code and lineage are the same in another Makima, with the folder gone too', async () => {
  const { taskId, forkId, checkpointId } = await work()
  await write()
  const whole = async (ctx: Context, id: string) =>
    JSON.stringify(await getSlice(ctx, { taskId: id, from: 0, limit: 200 }))
  const before = {
    talk: [await whole(w.ctx, taskId), await whole(w.ctx, forkId)],
    diff: await getDiffWithPatches(w.ctx, { id: checkpointId, against: 'parent' }),
    contract: await getContract(w.ctx, { id: contractId }),
  }
  const [source] = await w.ctx.db.select().from(transcriptSources)
  const bytes = await hashSource(w.ctx, source?.id ?? '')
  // It is another machine: nothing of the folder is there.
  renameSync(join(w.home, 'sample'), join(w.home, 'gone'))

  const report = await importPath(there, file)
  expect(report).toMatchObject({ state: 'done', error: null })
  expect(report.notes.join(' ')).toMatch(
    /“Sample: a program that keeps notes” came with 3 tasks, \d+ messages and \d+ checkpoints\.$/,
  )
  expect([await whole(there, taskId), await whole(there, forkId)]).toEqual(before.talk)
  expect(await getDiffWithPatches(there, { id: checkpointId, against: 'parent' })).toEqual(before.diff)
  const contract = await getContract(there, { id: contractId })
  expect(contract.tasks.map(({ id, forkedFromTaskId }) => ({ id, forkedFromTaskId }))).toEqual(
    before.contract.tasks.map(({ id, forkedFromTaskId }) => ({ id, forkedFromTaskId })),
  )
  expect(await hashSource(there, source?.id ?? '')).toBe(bytes)
  for (const name of COUNTED.filter((each) => each !== 'tasks' && each !== 'segments')) {
    expect(await countRows(there, name), name).toBe(await countRows(w.ctx, name))
  }
  const events = async (ctx: Context) =>
    (
      await ctx.db.execute(
        sql`select id, event_type, event_data from history_events where contract_id = ${contractId} order by id`,
      )
    ).map((row) => ({ ...row }))
  expect(await events(there)).toEqual(await events(w.ctx))
  const [counted] = await there.db.execute<{ n: number }>(
    sql`select sum(n)::int as n from history_counts where scope = 'contract' and scope_id = ${contractId}`,
  )
  expect(counted?.n).toBe((await events(there)).length)
  const places = await there.db.select({ path: worktrees.path, removedAt: worktrees.removedAt }).from(worktrees)
  expect(places.every(({ path, removedAt }) => path.startsWith('elsewhere:/') && removedAt !== null)).toBe(true)

  expect((await importPath(there, file)).sources[0]?.skipped).toMatch(/is here already\. Nothing was changed\./)

  await w.ctx.db.update(contracts).set({ lastActivityAt: new Date('2031-05-06T07:08:09Z') })
  await write()
  const newer = (await importPath(there, file)).sources[0]?.skipped
  expect(newer).toMatch(/tells of later work, until 2031-05-06 07:08 UTC: one that is here is not brought up to date\./)
})

test('where the folder is the very same repository, the work stands in it and goes on', async () => {
  const { taskId } = await work()
  await write()
  const report = await importPath(there, file)
  expect(report.state).toBe('done')
  const [repository] = await there.db.select().from(repositories)
  expect(repository?.path).not.toContain('elsewhere:')
  const [task] = await there.db
    .select({ path: worktrees.path, removedAt: worktrees.removedAt })
    .from(tasks)
    .innerJoin(worktrees, eq(worktrees.id, tasks.worktreeId))
    .where(eq(tasks.id, taskId))
  expect(task).toEqual({ path: repository?.path, removedAt: null })
})

test('a conversation that was imported here from the agent’s record is not there twice', async () => {
  await write()
  const [source] = await w.ctx.db.select().from(transcriptSources)
  await importPath(there, source?.path ?? '')
  const report = await importPath(there, file)
  expect(report.state).toBe('failed')
  expect(report.error).toMatch(/is here already, in the contract “.+”: it was imported from the agent's own record\./)
  expect(await countRows(there, 'contracts')).toBe(1)
})

test('a file that was cut, changed or is none is refused in a sentence and leaves nothing behind', async () => {
  await work()
  await write()
  const whole = readFileSync(file)
  for (const [bytes, words] of [
    [whole.subarray(0, whole.length - 100), /not a whole contract of Makima/],
    [whole.subarray(0, 10), /not a whole contract of Makima/],
    [Buffer.from('no zip at all'), /not a whole contract of Makima/],
    [Buffer.concat([whole.subarray(0, 400), Buffer.alloc(2_000), whole.subarray(2_400)]), /file|contract/],
  ] as const) {
    writeFileSync(file, bytes)
    const report = await importPath(there, file)
    expect(report.state).toBe('failed')
    expect(report.error).toMatch(words)
    expect(report.error).not.toMatch(/fault of Makima/)
  }
  expect(await countRows(there, 'contracts')).toBe(0)
  expect(await countRows(there, 'messages')).toBe(0)
})
