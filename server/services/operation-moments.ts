// Owns the join between talk and code: which checkpoint holds the code of a moment, and where in the talk a checkpoint lies.
import { and, desc, eq } from 'drizzle-orm'
import { taskCheckpoints } from '@/db/schema'
import { conversationSnapshots } from '@/db/talk-tables'
import type { Context } from '@/server/context'
import type { Head } from './operation-draft'
import { type CheckpointRow, findCheckpointAt } from './operation-subjects'
import { indexOnPath, type Path, timeOfMessage } from './operation-talk'

/** The place in the talk at which a checkpoint was taken; null when it is not known. */
export async function findCheckpointPosition(ctx: Context, checkpoint: CheckpointRow): Promise<Head | null> {
  if (!checkpoint.conversationSnapshotId) return null
  const [row] = await ctx.db
    .select({ segmentId: conversationSnapshots.segmentId, seq: conversationSnapshots.seq })
    .from(conversationSnapshots)
    .where(eq(conversationSnapshots.id, checkpoint.conversationSnapshotId))
  return row?.segmentId ? row : null
}

/**
 * The last checkpoint of a task at or before message `index`: by its place in the talk where that is known and on this
 * path, else by time. Null when the first checkpoint came later.
 */
export async function findCheckpointAtMessage(
  ctx: Context,
  taskId: string,
  path: Path,
  index: number,
): Promise<CheckpointRow | null> {
  const rows = await ctx.db
    .select({ checkpoint: taskCheckpoints, segmentId: conversationSnapshots.segmentId, seq: conversationSnapshots.seq })
    .from(taskCheckpoints)
    .leftJoin(conversationSnapshots, eq(conversationSnapshots.id, taskCheckpoints.conversationSnapshotId))
    .where(and(eq(taskCheckpoints.taskId, taskId), eq(taskCheckpoints.ownerId, ctx.actor.ownerId)))
    .orderBy(desc(taskCheckpoints.number))
  let best: { checkpoint: CheckpointRow; at: number } | null = null
  let placed = false
  for (const row of rows) {
    const at = row.segmentId ? indexOnPath(path, { segmentId: row.segmentId, seq: row.seq ?? 0 }) : null
    if (at === null) continue
    placed = true
    if (at <= index && (best === null || at > best.at)) best = { checkpoint: row.checkpoint, at }
  }
  if (placed) return best?.checkpoint ?? null
  const time = await timeOfMessage(ctx, path, index)
  return time ? findCheckpointAt(ctx, taskId, time) : null
}
