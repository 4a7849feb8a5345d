// Records a checkpoint taken by hand: its row, and the place in the talk at which it was taken.
import { eq, sql } from 'drizzle-orm'
import { newId } from '@/db/ids'
import { contracts, taskCheckpoints, tasks } from '@/db/schema'
import { conversationSnapshots } from '@/db/talk-tables'
import { AppError } from '@/server/errors'
import { recordEvents } from './history'
import type { Details } from './operation-draft'
import type { Recording } from './operation-recording'

export async function recordCheckpoint({ ctx, finished, about }: Recording, details: Details & { kind: 'checkpoint' }) {
  const { operation, draft, outcomes } = finished
  const [effect] = draft.effects
  const capture = outcomes.find((outcome) => outcome.type === 'capture')
  if (!capture || effect?.type !== 'capture')
    throw new AppError('internal', 'A checkpoint was recorded without its capture.')
  const [task] = await ctx.db
    .select()
    .from(tasks)
    .where(eq(tasks.id, operation.taskId ?? ''))
    .for('update')
  if (!task) throw new AppError('not_found', 'The task of this checkpoint is gone.')
  const now = ctx.now()
  const checkpointId = newId()
  const snapshotId = newId()
  await ctx.db.insert(conversationSnapshots).values({
    id: snapshotId,
    ownerId: task.ownerId,
    taskId: task.id,
    checkpointId,
    snapshotType: 'checkpoint',
    segmentId: task.headSegmentId,
    seq: task.headSeq,
    messageCount: task.messageCount,
    createdAt: now,
  })
  const { files, additions, deletions, branch, notCovered } = capture
  const kind = details.taken ?? 'manual'
  const shown = { number: effect.number, kind, files, additions, deletions, branch, message: details.message }
  await ctx.db.insert(taskCheckpoints).values({
    id: checkpointId,
    ownerId: task.ownerId,
    contractId: task.contractId,
    taskId: task.id,
    repositoryId: draft.place?.repositoryId ?? '',
    worktreeId: draft.place?.worktreeId ?? null,
    ...shown,
    commitSha: capture.commitSha,
    treeSha: capture.treeSha,
    baseHead: capture.baseHead,
    notCovered,
    conversationSnapshotId: snapshotId,
    matchedBy: 'captured',
    createdAt: now,
  })
  await ctx.db
    .update(contracts)
    .set({ checkpointCount: sql`${contracts.checkpointCount} + 1`, lastActivityAt: now })
    .where(eq(contracts.id, task.contractId))
  await ctx.db.update(tasks).set({ lastActivityAt: now }).where(eq(tasks.id, task.id))
  const eventData = { checkpointId, sha: capture.commitSha, ...shown }
  await recordEvents(ctx, [{ ...about, eventType: 'checkpoint.created', eventSubtype: kind, eventData }])
  return { checkpointId, number: effect.number, sha: capture.commitSha, notCovered }
}
