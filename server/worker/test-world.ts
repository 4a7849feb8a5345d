// A world for the tests of operations: a real database, a real repository, a contract with a task, its talk and checkpoints.
import { join } from 'node:path'
import { eq, sql } from 'drizzle-orm'
import { newId, newSegmentId } from '@/db/ids'
import { contracts, taskCheckpoints, tasks } from '@/db/schema'
import { conversationSnapshots, messages, segments } from '@/db/talk-tables'
import { createTestDatabase } from '@/db/test-database'
import { type Context, createContext } from '@/server/context'
import { readEnv } from '@/server/env'
import { adoptCommit } from '@/server/git/adopt'
import { checkpointRef } from '@/server/git/capture'
import { openRepository } from '@/server/git/repository'
import { openStore } from '@/server/git/store'
import { createWorld } from '@/server/git/test-repository'
import { toMessageId } from '@/server/services/message-id'
import { getOperation } from '@/server/services/operation-log'
import { recordRepository } from '@/server/services/repositories'
import type { OperationView } from '@/server/services/views'
import { registerDaemon } from './daemon'
import { runOperation } from './run-operation'

export type Talk = { text?: string; tool?: [name: string, input: unknown]; cost?: number; at?: Date }

export type OperationsWorld = Awaited<ReturnType<typeof createOperationsWorld>>

/** Time of the first message; every further one and every checkpoint is a minute later. */
export const STORY_START = Date.UTC(2026, 0, 1, 12)

export async function createOperationsWorld(options: Parameters<typeof createWorld>[0] = {}) {
  const database = await createTestDatabase()
  const world = createWorld(options)
  const home = join(world.root, 'home')
  const env = readEnv({ ...process.env, MAKIMA_HOME: home, DATABASE_URL: database.url })
  const ctx: Context = createContext(database.db, env, 'rest')
  const { ownerId } = ctx.actor
  const repository = await openRepository(world.folder)
  const { repositoryId, worktreeId } = await recordRepository(ctx, repository)
  const contractId = newId()
  await ctx.db
    .insert(contracts)
    .values({ id: contractId, ownerId, name: 'Login page', repositoryId, lastActivityAt: new Date() })
  const daemonId = newId()
  await registerDaemon(ctx, daemonId)
  let minutes = 0
  const nextMoment = () => new Date(STORY_START + 60_000 * minutes++)

  const addTask = async (name: string, values: Partial<typeof tasks.$inferInsert> = {}): Promise<string> => {
    const id = newId()
    await ctx.db.insert(tasks).values({
      id,
      ownerId,
      contractId,
      name,
      agent: 'claude-code',
      repositoryId,
      worktreeId,
      lastActivityAt: new Date(STORY_START),
      ...values,
    })
    return id
  }
  const taskId = await addTask('Build the login page', { isSupervisor: true })

  /** Appends messages to a task's own segment and answers with their ids. */
  const say = async (lines: (string | Talk)[], to = taskId): Promise<string[]> => {
    const [task] = await ctx.db.select().from(tasks).where(eq(tasks.id, to))
    let segmentId = task?.headSegmentId ?? null
    if (!segmentId) {
      segmentId = newSegmentId()
      await ctx.db.insert(segments).values({ id: segmentId, ownerId, taskId: to })
    }
    const ids: string[] = []
    let seq = task?.headSeq ?? 0
    for (const line of lines) {
      const talk: Talk = typeof line === 'string' ? { text: line } : line
      seq += 1
      await ctx.db.insert(messages).values({
        segmentId,
        seq,
        ownerId,
        role: talk.tool ? 'tool' : 'user',
        kind: talk.tool ? 'tool' : 'prompt',
        text: talk.text ?? null,
        toolName: talk.tool?.[0] ?? null,
        toolInput: talk.tool ? JSON.stringify(talk.tool[1]) : null,
        tokensInput: 10,
        tokensOutput: 5,
        costUsd: talk.cost ?? 0.5,
        at: talk.at ?? nextMoment(),
      })
      ids.push(toMessageId(segmentId, seq))
    }
    await ctx.db.update(segments).set({ length: seq }).where(eq(segments.id, segmentId))
    await ctx.db
      .update(tasks)
      .set({ headSegmentId: segmentId, headSeq: seq, messageCount: sql`${tasks.messageCount} + ${lines.length}::int` })
      .where(eq(tasks.id, to))
    return ids
  }

  /** Commits what is in the folder and makes it a checkpoint of the task, at the end of its talk. */
  const commitCheckpoint = async (message: string, of = taskId): Promise<string> => {
    const sha = world.commit(message)
    const store = await openStore(join(home, 'stores'), repositoryId, await openRepository(world.folder))
    const [task] = await ctx.db.select().from(tasks).where(eq(tasks.id, of))
    const [{ n } = { n: 0 }] = await ctx.db
      .select({ n: sql<number>`count(*)::int` })
      .from(taskCheckpoints)
      .where(eq(taskCheckpoints.taskId, of))
    const { treeSha } = await adoptCommit(store, checkpointRef(of, n + 1), sha)
    const [id, snapshotId] = [newId(), newId()]
    const createdAt = nextMoment()
    if (task?.headSegmentId) {
      await ctx.db.insert(conversationSnapshots).values({
        id: snapshotId,
        ownerId,
        taskId: of,
        checkpointId: id,
        snapshotType: 'checkpoint',
        segmentId: task.headSegmentId,
        seq: task.headSeq,
        createdAt,
      })
    }
    await ctx.db.insert(taskCheckpoints).values({
      id,
      ownerId,
      contractId,
      taskId: of,
      repositoryId,
      worktreeId,
      number: n + 1,
      kind: 'commit',
      commitSha: sha,
      treeSha,
      baseHead: world.git('rev-list', '--parents', '-n1', sha).split(' ')[1] ?? null,
      message,
      conversationSnapshotId: task?.headSegmentId ? snapshotId : null,
      createdAt,
    })
    return id
  }

  /** Does a queued operation in this process, as a worker would. */
  const perform = async (requested: Promise<OperationView> | OperationView): Promise<OperationView> => {
    const { id } = await requested
    await runOperation({ ctx, daemonId }, id)
    return getOperation(ctx, { id })
  }

  const getTask = async (id = taskId) => {
    const [row] = await ctx.db.select().from(tasks).where(eq(tasks.id, id))
    if (!row) throw new Error('the task is gone')
    return row
  }

  return {
    database,
    ctx,
    world,
    home,
    contractId,
    taskId,
    repositoryId,
    worktreeId: worktreeId ?? '',
    daemonId,
    addTask,
    say,
    commitCheckpoint,
    perform,
    getTask,
    close: async () => {
      await database.close()
      world.cleanup()
    },
  }
}
