// Checkpoints as they are shown: what each holds and where in the talk it was taken.
import { and, asc, eq, type SQL } from 'drizzle-orm'
import { taskCheckpoints, tasks } from '@/db/schema'
import { conversationSnapshots } from '@/db/talk-tables'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { findPosition, readPath, type Span } from './conversation-path'
import { toMessageId } from './message-id'
import { getTask, requireTask } from './tasks'
import type { CheckpointView } from './views'

function selectRows(ctx: Context, where: SQL) {
  return ctx.db
    .select({
      checkpoint: taskCheckpoints,
      taskName: tasks.name,
      headSegmentId: tasks.headSegmentId,
      headSeq: tasks.headSeq,
      segmentId: conversationSnapshots.segmentId,
      seq: conversationSnapshots.seq,
    })
    .from(taskCheckpoints)
    .innerJoin(tasks, eq(tasks.id, taskCheckpoints.taskId))
    .leftJoin(conversationSnapshots, eq(conversationSnapshots.id, taskCheckpoints.conversationSnapshotId))
    .where(and(eq(taskCheckpoints.ownerId, ctx.actor.ownerId), where))
    .orderBy(asc(taskCheckpoints.number))
}

type Row = Awaited<ReturnType<typeof selectRows>>[number]

function toView({ checkpoint, taskName, segmentId, seq }: Row, path: readonly Span[]): CheckpointView {
  const row = segmentId !== null && seq !== null && seq > 0 ? { segmentId, seq } : null
  return {
    id: checkpoint.id,
    taskId: checkpoint.taskId,
    taskName,
    contractId: checkpoint.contractId,
    repositoryId: checkpoint.repositoryId,
    number: checkpoint.number,
    kind: checkpoint.kind as CheckpointView['kind'],
    commitSha: checkpoint.commitSha,
    branch: checkpoint.branch,
    message: checkpoint.message,
    files: checkpoint.files,
    additions: checkpoint.additions,
    deletions: checkpoint.deletions,
    notCovered: checkpoint.notCovered as CheckpointView['notCovered'],
    matchedBy: checkpoint.matchedBy,
    messageId: row && toMessageId(row.segmentId, row.seq),
    messageIndex: row && findPosition(path, row.segmentId, row.seq),
    verifiedAt: checkpoint.verifiedAt,
    createdAt: checkpoint.createdAt,
  }
}

/** All checkpoints of a task, newest last. Throws `not_found` for an unknown task. */
export async function listCheckpoints(ctx: Context, input: { taskId: string }): Promise<CheckpointView[]> {
  const rows = await selectRows(ctx, eq(taskCheckpoints.taskId, input.taskId))
  const [first] = rows
  if (!first) {
    await requireTask(ctx, { id: input.taskId })
    return []
  }
  const path = await readPath(ctx, { segmentId: first.headSegmentId, seq: first.headSeq })
  return rows.map((row) => toView(row, path))
}

/** One checkpoint, its task and its neighbours in it. Throws `not_found`. */
export async function getCheckpoint(ctx: Context, input: { id: string }) {
  const taskId = await findTaskId(ctx, input.id)
  const [all, task] = await Promise.all([listCheckpoints(ctx, { taskId }), getTask(ctx, { id: taskId })])
  const place = all.findIndex((checkpoint) => checkpoint.id === input.id)
  const checkpoint = all[place]
  if (!checkpoint) throw new AppError('not_found', 'There is no checkpoint with this id.')
  return {
    checkpoint,
    task,
    previousId: all[place - 1]?.id ?? null,
    nextId: all[place + 1]?.id ?? null,
    siblings: all.map(({ id, number, message }) => ({ id, number, message })),
  }
}

async function findTaskId(ctx: Context, id: string): Promise<string> {
  const [row] = await ctx.db
    .select({ taskId: taskCheckpoints.taskId })
    .from(taskCheckpoints)
    .where(and(eq(taskCheckpoints.id, id), eq(taskCheckpoints.ownerId, ctx.actor.ownerId)))
  if (!row) throw new AppError('not_found', 'There is no checkpoint with this id.')
  return row.taskId
}

/** Throws `not_found` when the checkpoint is not one of the task. */
export async function requireCheckpointOf(
  ctx: Context,
  input: { taskId: string; checkpointId: string },
): Promise<void> {
  if ((await findTaskId(ctx, input.checkpointId)) === input.taskId) return
  throw new AppError('not_found', 'This task has no checkpoint with this id.')
}
