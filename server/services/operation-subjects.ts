// Finds what operations are about: task, worktree, repository, store, checkpoint. Reads only.
import { join } from 'node:path'
import { and, desc, eq, like, lte } from 'drizzle-orm'
import { daemons, repositories, taskCheckpoints, tasks, worktrees } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError, isAppError } from '@/server/errors'
import { requireWorktree } from '@/server/git/repository'
import { openStore, verifyCheckpoint } from '@/server/git/store'
import type { Store, WorktreeRepository } from '@/server/git/types'
import type { Place } from './operation-draft'
import { openFolder } from './operation-folders'

export type TaskRow = typeof tasks.$inferSelect
export type CheckpointRow = typeof taskCheckpoints.$inferSelect
export type TaskWithPlace = {
  task: TaskRow
  worktree: typeof worktrees.$inferSelect | null
  repository: typeof repositories.$inferSelect | null
}

/** @throws AppError `not_found` */
export async function getTaskWithPlace(ctx: Context, taskId: string): Promise<TaskWithPlace> {
  const [row] = await ctx.db
    .select({ task: tasks, worktree: worktrees, repository: repositories })
    .from(tasks)
    .leftJoin(worktrees, eq(worktrees.id, tasks.worktreeId))
    .leftJoin(repositories, eq(repositories.id, tasks.repositoryId))
    .where(and(eq(tasks.ownerId, ctx.actor.ownerId), eq(tasks.id, taskId)))
  if (!row) throw new AppError('not_found', 'There is no task with this id.')
  return row
}

/** The folder a task's code lives in. @throws AppError `precondition_failed` with the reason why there is none. */
export function requirePlace({ worktree, repository }: TaskWithPlace): Place {
  if (!repository) {
    throw new AppError(
      'precondition_failed',
      'No git repository is known for this task, so its files cannot be changed.',
    )
  }
  if (repository.bare && !worktree) {
    throw new AppError(
      'precondition_failed',
      `${repository.path} is a bare repository without files. Fork from a checkpoint, or open a clone of it.`,
    )
  }
  if (!worktree) {
    throw new AppError(
      'precondition_failed',
      'The folder this task worked in is not known, so its files cannot be changed. Fork from a checkpoint instead.',
    )
  }
  if (worktree.removedAt) {
    throw new AppError(
      'precondition_failed',
      `The worktree ${worktree.path} was removed. Fork from a checkpoint, or undo its removal.`,
    )
  }
  return { repositoryId: repository.id, worktreeId: worktree.id, path: worktree.path }
}

export type OpenPlace = Place & { repository: WorktreeRepository; store: Store }

/** Opens folder and store. @throws AppError `precondition_failed` when the folder is gone or no longer a repository. */
export async function openPlace(ctx: Context, place: Place): Promise<OpenPlace> {
  try {
    const repository = requireWorktree(await openFolder(ctx, place.path))
    const store = await openStore(storesFolder(ctx), place.repositoryId, repository)
    return { ...place, repository, store }
  } catch (error) {
    if (isAppError(error) && (error.code === 'not_found' || error.code === 'invalid')) {
      throw new AppError(
        'precondition_failed',
        `The folder ${place.path} is gone or is no longer a git repository. Put it back, or fork from a checkpoint.`,
        { cause: error },
      )
    }
    throw error
  }
}

export function storesFolder(ctx: Context): string {
  return join(ctx.env.home, 'stores')
}

/** A store that exists already, for reading and forgetting its refs; works without the person's repository. */
export function storeOf(ctx: Context, repositoryId: string, objectFormat: Store['objectFormat'] = 'sha1'): Store {
  return { path: join(storesFolder(ctx), `${repositoryId}.git`), repositoryId, objectFormat }
}

export function worktreesFolder(ctx: Context): string {
  return join(ctx.env.home, 'worktrees')
}

/** @throws AppError `not_found` */
export async function getCheckpointRow(ctx: Context, checkpointId: string): Promise<CheckpointRow> {
  const [row] = await ctx.db
    .select()
    .from(taskCheckpoints)
    .where(and(eq(taskCheckpoints.ownerId, ctx.actor.ownerId), eq(taskCheckpoints.id, checkpointId)))
  if (!row) throw new AppError('not_found', 'There is no checkpoint with this id.')
  return row
}

/** The newest state of a task's files that is kept. @throws AppError `precondition_failed` when there is none. */
export async function getLastCheckpoint(ctx: Context, taskId: string): Promise<CheckpointRow> {
  const [row] = await ctx.db
    .select()
    .from(taskCheckpoints)
    .where(and(eq(taskCheckpoints.ownerId, ctx.actor.ownerId), eq(taskCheckpoints.taskId, taskId)))
    .orderBy(desc(taskCheckpoints.createdAt), desc(taskCheckpoints.number))
    .limit(1)
  if (row) return row
  throw new AppError('precondition_failed', 'This task has no checkpoint yet. Take one, or name that of another task.')
}

/** The checkpoint of a task by the beginning of its commit id. @throws AppError `not_found`, or `invalid` when several begin so. */
export async function getCheckpointBySha(ctx: Context, taskId: string, sha: string): Promise<CheckpointRow> {
  const rows = await ctx.db
    .select()
    .from(taskCheckpoints)
    .where(and(eq(taskCheckpoints.taskId, taskId), like(taskCheckpoints.commitSha, `${sha.toLowerCase()}%`)))
    .orderBy(desc(taskCheckpoints.number))
    .limit(2)
  const [row, other] = rows
  if (!row) throw new AppError('not_found', `No checkpoint of this task has the commit ${sha}.`)
  if (other && other.commitSha !== row.commitSha) {
    throw new AppError('invalid', `Several checkpoints of this task begin with ${sha}. Give more digits.`)
  }
  return row
}

/** @throws AppError `precondition_failed` when git has pruned what the checkpoint needs. */
export async function requireObjects(store: Store, checkpoint: CheckpointRow): Promise<void> {
  const found = await verifyCheckpoint(store, checkpoint.commitSha)
  if (found.ok) return
  throw new AppError(
    'precondition_failed',
    `The files of checkpoint ${checkpoint.number} (${checkpoint.commitSha.slice(0, 10)}) are no longer there: git has pruned them. Choose another checkpoint.`,
  )
}

/** The last checkpoint of a task at or before a moment. */
export async function findCheckpointAt(ctx: Context, taskId: string, at: Date): Promise<CheckpointRow | null> {
  const [row] = await ctx.db
    .select()
    .from(taskCheckpoints)
    .where(and(eq(taskCheckpoints.taskId, taskId), lte(taskCheckpoints.createdAt, at)))
    .orderBy(desc(taskCheckpoints.createdAt), desc(taskCheckpoints.number))
    .limit(1)
  return row ?? null
}

/** @throws AppError `not_found` for a worker that this Makima does not know. */
export async function requireDaemon(ctx: Context, id: string): Promise<string> {
  const [row] = await ctx.db
    .select({ id: daemons.id })
    .from(daemons)
    .where(and(eq(daemons.id, id), eq(daemons.ownerId, ctx.actor.ownerId)))
  if (row) return row.id
  throw new AppError('not_found', 'There is no worker with this id. Leave targetDaemonId out to take the one at hand.')
}

/** The daemon that serves a worktree; null lets any take the job. */
export async function findDaemon(ctx: Context, worktreeId: string | null): Promise<string | null> {
  if (!worktreeId) return null
  const [row] = await ctx.db
    .select({ id: daemons.id })
    .from(worktrees)
    .innerJoin(daemons, eq(daemons.id, worktrees.daemonId))
    .where(eq(worktrees.id, worktreeId))
  return row?.id ?? null
}
