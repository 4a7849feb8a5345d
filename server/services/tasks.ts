// Tasks as they are shown, with the folder they worked in and why its code can or cannot be rewound.
import { access } from 'node:fs/promises'
import { and, asc, desc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { contracts, repositories, taskCheckpoints, tasks, worktrees } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import type { Phase, RepositoryView, TaskStatus, TaskView } from './views'

/** Remembers within one call which folders exist, as many tasks share one. */
export function createFolderCheck(): (path: string) => Promise<boolean> {
  const known = new Map<string, Promise<boolean>>()
  return (path) => {
    const found =
      known.get(path) ??
      access(path).then(
        () => true,
        () => false,
      )
    known.set(path, found)
    return found
  }
}

type RepositoryRow = typeof repositories.$inferSelect

export async function toRepositoryView(
  row: RepositoryRow,
  exists: (path: string) => Promise<boolean>,
): Promise<RepositoryView> {
  const { id, name, remote, path, bare } = row
  return { id, name, remote, path, bare, available: await exists(path) }
}

/** Tasks that fulfil `where`, in the order they began. */
async function selectTasks(ctx: Context, where: SQL | undefined): Promise<TaskView[]> {
  const counts = ctx.db
    .select({ taskId: taskCheckpoints.taskId, n: sql<number>`count(*)::int`.as('n') })
    .from(taskCheckpoints)
    .where(eq(taskCheckpoints.taskId, tasks.id))
    .groupBy(taskCheckpoints.taskId)
    .as('checkpoint_counts')
  const rows = await ctx.db
    .select({
      task: tasks,
      contractName: contracts.name,
      repository: repositories,
      worktree: worktrees,
      checkpointCount: counts.n,
    })
    .from(tasks)
    .innerJoin(contracts, eq(contracts.id, tasks.contractId))
    .leftJoin(repositories, eq(repositories.id, tasks.repositoryId))
    .leftJoin(worktrees, eq(worktrees.id, tasks.worktreeId))
    .leftJoinLateral(counts, sql`true`)
    .where(and(eq(tasks.ownerId, ctx.actor.ownerId), where))
    .orderBy(desc(tasks.isSupervisor), asc(sql`coalesce(${tasks.startedAt}, ${tasks.createdAt})`), asc(tasks.id))
    .prepare('tasks')
    .execute()
  const exists = createFolderCheck()
  return Promise.all(rows.map((row) => toTaskView(row, exists)))
}

type Row = {
  task: typeof tasks.$inferSelect
  contractName: string
  repository: RepositoryRow | null
  worktree: typeof worktrees.$inferSelect | null
  checkpointCount: number | null
}

async function toTaskView(row: Row, exists: (path: string) => Promise<boolean>): Promise<TaskView> {
  const { task, worktree } = row
  const repository = row.repository ? await toRepositoryView(row.repository, exists) : null
  const codeUnavailableReason = await explainCode(row, exists)
  return {
    id: task.id,
    contractId: task.contractId,
    contractName: row.contractName,
    parentTaskId: task.parentTaskId,
    isSupervisor: task.isSupervisor,
    name: task.name,
    plan: task.plan,
    agent: task.agent,
    models: task.models,
    status: task.status as TaskStatus,
    phase: task.phase as Phase,
    branch: task.branch,
    nativeSessionId: task.nativeSessionId,
    spawnedByToolId: task.spawnedByToolId,
    forkedFromTaskId: task.forkedFromTaskId,
    forkPoint: toForkPoint(task.forkPoint),
    continueFromTaskId: task.continueFromTaskId,
    repository,
    worktree:
      worktree && codeUnavailableReason === null
        ? { id: worktree.id, path: worktree.path, kind: worktree.kind === 'fork' ? 'fork' : 'main' }
        : null,
    codeUnavailableReason,
    messageCount: task.messageCount,
    toolCallCount: task.toolCallCount,
    checkpointCount: row.checkpointCount ?? 0,
    tokens: {
      input: task.tokensInput,
      output: task.tokensOutput,
      cacheRead: task.tokensCacheRead,
      cacheWrite: task.tokensCacheWrite,
    },
    costUsd: task.costUsd,
    startedAt: task.startedAt,
    completedAt: task.completedAt,
    lastActivityAt: task.lastActivityAt,
  }
}

async function explainCode({ task, repository, worktree }: Row, exists: (path: string) => Promise<boolean>) {
  if (worktree?.removedAt)
    return `The worktree ${worktree.path} was removed. Fork from a checkpoint to get its code back.`
  if (worktree) {
    if (await exists(worktree.path)) return null
    return `The folder ${worktree.path} is gone. Put it back, or fork from a checkpoint.`
  }
  if (repository?.bare) return `${repository.path} is a bare repository without files. Fork from a checkpoint.`
  if (repository) return 'The folder this task worked in is not known. Fork from a checkpoint to get its code back.'
  if (task.cwd) return `No git repository was found at ${task.cwd}, so there is no code to go back to.`
  return 'No folder is known for this task, so there is no code to go back to.'
}

function toForkPoint(value: unknown): TaskView['forkPoint'] {
  if (typeof value !== 'object' || value === null) return null
  const point = value as Partial<NonNullable<TaskView['forkPoint']>>
  return {
    forkType: point.forkType ?? 'timestamp',
    messageId: point.messageId ?? null,
    checkpointId: point.checkpointId ?? null,
    timestamp: point.timestamp ?? null,
  }
}

/** Throws `not_found`. */
export async function getTask(ctx: Context, input: { id: string }): Promise<TaskView> {
  const [task] = await selectTasks(ctx, eq(tasks.id, input.id))
  if (!task) throw noTask()
  return task
}

const noTask = () => new AppError('not_found', 'There is no task with this id.')

/** A task's place, for what is asked of a task without showing it. Throws `not_found`. */
export async function requireTask(ctx: Context, input: { id: string }): Promise<{ id: string; contractId: string }> {
  const [task] = await ctx.db
    .select({ id: tasks.id, contractId: tasks.contractId })
    .from(tasks)
    .where(and(eq(tasks.id, input.id), eq(tasks.ownerId, ctx.actor.ownerId)))
    .prepare('task')
    .execute()
  if (!task) throw noTask()
  return task
}

export function listContractTasks(ctx: Context, contractId: string): Promise<TaskView[]> {
  return selectTasks(ctx, eq(tasks.contractId, contractId))
}

/** What hangs together with a task: the tasks it started, the forks of it, and the one that it was forked from. */
export async function getRelatives(ctx: Context, input: { id: string }) {
  const task = await getTask(ctx, input)
  const [children, forks, [origin]] = await Promise.all([
    selectTasks(ctx, eq(tasks.parentTaskId, task.id)),
    selectTasks(ctx, eq(tasks.forkedFromTaskId, task.id)),
    task.forkedFromTaskId === null ? [] : selectTasks(ctx, inArray(tasks.id, [task.forkedFromTaskId])),
  ])
  return { children, forks, origin: origin ?? null }
}
