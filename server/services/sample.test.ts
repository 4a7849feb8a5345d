import { existsSync } from 'node:fs'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { taskCheckpoints, tasks, worktrees } from '@/db/schema'
import { type TestDatabase, createTestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { createTestContext } from './import/test-import'
import { createSample } from './sample'

let database: TestDatabase
let ctx: Context
beforeAll(async () => {
  database = await createTestDatabase()
  ctx = await createTestContext(database)
})
afterAll(() => database.close())

test('the sample is a real repository with a conversation, a subagent and a checkpoint for each commit, made once', async () => {
  const { contractId } = await createSample(ctx)
  const all = await ctx.db.select().from(tasks).where(eq(tasks.contractId, contractId))
  const main = all.find((task) => task.isSupervisor)
  const child = all.find((task) => task.parentTaskId === main?.id)
  expect(all).toHaveLength(2)
  expect(child).toMatchObject({ name: 'Look for tests', status: 'completed' })
  expect(main?.messageCount).toBeGreaterThan(15)
  const checkpoints = await ctx.db
    .select()
    .from(taskCheckpoints)
    .where(eq(taskCheckpoints.taskId, main?.id ?? ''))
  expect(checkpoints.map((checkpoint) => checkpoint.message).sort()).toEqual([
    'Add a search command',
    'Keep notes in SQLite',
    'Search ignores case, newest first',
  ])
  const [worktree] = await ctx.db
    .select()
    .from(worktrees)
    .where(eq(worktrees.id, main?.worktreeId ?? ''))
  expect(existsSync(`${worktree?.path}/IDEAS.md`)).toBe(true)
  expect(await createSample(ctx)).toEqual({ contractId })
})
