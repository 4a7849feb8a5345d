// Makes the task in which work goes on apart from the task it came from: from an earlier message, or in another agent.
import { eq, sql } from 'drizzle-orm'
import { newId, newSegmentId } from '@/db/ids'
import { contracts, tasks } from '@/db/schema'
import { segments } from '@/db/talk-tables'
import type { Context } from '@/server/context'
import type { Head } from '@/server/services/conversation-path'
import { recordEvents } from '@/server/services/history'
import { toMessageId } from '@/server/services/message-id'
import type { TaskRow } from '@/server/services/operation-subjects'
import { readHeadPath } from '@/server/services/operation-talk'

/**
 * In the same agent the talk up to `head` is the origin's own, no message is copied; in another agent it comes with the
 * session that is written for that agent, or `inWords` before its prompt.
 */
export async function createContinuation(
  tx: Context,
  origin: TaskRow,
  agent: string,
  head: Head,
  inWords: boolean,
): Promise<TaskRow> {
  const sameAgent = agent === origin.agent && !inWords
  const id = newId()
  const segmentId = sameAgent && head.segmentId ? newSegmentId() : null
  const now = tx.now()
  const carried = segmentId ? (await readHeadPath(tx, head)).total : 0
  const name = sameAgent
    ? `${origin.name} (from an earlier message)`
    : `${origin.name} (${agent === origin.agent ? 'told in words' : `in ${agent}`})`
  const [task] = await tx.db
    .insert(tasks)
    .values({
      id,
      ownerId: origin.ownerId,
      contractId: origin.contractId,
      parentTaskId: origin.parentTaskId,
      name,
      plan: origin.plan,
      agent,
      repositoryId: origin.repositoryId,
      worktreeId: origin.worktreeId,
      cwd: origin.cwd,
      branch: origin.branch,
      status: 'pending',
      phase: origin.phase,
      forkedFromTaskId: sameAgent ? origin.id : null,
      continueFromTaskId: sameAgent ? null : origin.id,
      forkPoint: head.segmentId
        ? {
            forkType: 'message_id',
            messageId: toMessageId(head.segmentId, head.seq),
            checkpointId: null,
            timestamp: null,
          }
        : null,
      headSegmentId: segmentId,
      messageCount: carried,
      lastActivityAt: now,
      createdAt: now,
    })
    .returning()
  if (segmentId && head.segmentId) {
    await tx.db.insert(segments).values({
      id: segmentId,
      ownerId: origin.ownerId,
      taskId: id,
      parentSegmentId: head.segmentId,
      parentSeq: head.seq,
    })
  }
  await tx.db
    .update(contracts)
    .set({ taskCount: sql`${contracts.taskCount} + 1`, lastActivityAt: now })
    .where(eq(contracts.id, origin.contractId))
  await recordEvents(tx, [
    {
      eventType: 'task.created',
      contractId: origin.contractId,
      taskId: id,
      repositoryId: origin.repositoryId,
      agent,
      eventData: { name, parentTaskId: origin.parentTaskId, isSupervisor: false, plan: origin.plan },
    },
  ])
  return task as TaskRow
}
