// Records a fork: the new task, its worktree, and a segment that goes on after a row of the origin's talk.
import { eq, sql } from 'drizzle-orm'
import { newId, newSegmentId } from '@/db/ids'
import { contracts, tasks, worktrees } from '@/db/schema'
import { segments } from '@/db/talk-tables'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { recordEvents } from './history'
import type { Details } from './operation-draft'
import type { Recording } from './operation-recording'
import type { StoredOperation } from './operation-state'

export async function recordFork({ ctx, finished, about }: Recording, details: Details & { kind: 'fork' }) {
  const { operation, draft, outcomes } = finished
  const [origin] = await ctx.db
    .select()
    .from(tasks)
    .where(eq(tasks.id, operation.taskId ?? ''))
  if (!origin) throw new AppError('not_found', 'The task to fork from is gone.')
  const made = outcomes.find((outcome) => outcome.type === 'fork')
  const worktreeId = made ? await insertForkWorktree(ctx, operation, made) : null
  const segmentId = details.position ? newSegmentId() : null
  const now = ctx.now()
  const taskId = details.newTaskId
  await ctx.db.insert(tasks).values({
    id: taskId,
    ownerId: origin.ownerId,
    contractId: origin.contractId,
    parentTaskId: details.parentTaskId ?? null,
    name: details.name,
    plan: details.plan,
    agent: origin.agent,
    repositoryId: origin.repositoryId,
    worktreeId,
    cwd: made?.folder ?? null,
    branch: made?.branch ?? null,
    status: 'pending',
    phase: origin.phase,
    forkedFromTaskId: origin.id,
    forkPoint: {
      forkType: details.forkType,
      messageId: details.messageId,
      checkpointId: details.checkpointId,
      timestamp: details.timestamp,
    },
    headSegmentId: segmentId,
    messageCount: details.messageCount,
    models: details.includeConversation ? origin.models : [],
    lastActivityAt: now,
    createdAt: now,
  })
  if (segmentId && details.position) {
    await ctx.db.insert(segments).values({
      id: segmentId,
      ownerId: origin.ownerId,
      taskId,
      parentSegmentId: details.position.segmentId,
      parentSeq: details.position.seq,
      createdByOperation: operation.id,
    })
  }
  await ctx.db
    .update(contracts)
    .set({ taskCount: sql`${contracts.taskCount} + 1`, lastActivityAt: now })
    .where(eq(contracts.id, origin.contractId))
  const eventData = {
    operationId: operation.id,
    summary: operation.summary,
    newTaskId: taskId,
    newTaskName: details.name,
    forkType: details.forkType,
    checkpointId: details.checkpointId,
    messageId: details.messageId,
    branchName: made?.branch ?? null,
  }
  await recordEvents(ctx, [
    { ...about, eventType: 'fork.created', eventData },
    {
      ...about,
      taskId,
      eventType: 'task.created',
      eventData: {
        name: details.name,
        parentTaskId: details.parentTaskId ?? null,
        isSupervisor: false,
        plan: details.plan,
      },
    },
  ])
  return {
    newTaskId: taskId,
    branchName: made?.branch ?? null,
    folder: made?.folder ?? null,
    messageCount: details.messageCount,
    conversationIncluded: details.includeConversation,
    checkpointId: details.checkpointId,
    forkPoint: { forkType: details.forkType, checkpoint: details.checkpointId, timestamp: details.timestamp },
    sentence: draft.view.sentence,
  }
}

async function insertForkWorktree(
  ctx: Context,
  operation: StoredOperation,
  made: { folder: string; branch: string | null },
): Promise<string> {
  const id = newId()
  await ctx.db.insert(worktrees).values({
    id,
    ownerId: operation.ownerId,
    repositoryId: operation.repositoryId ?? '',
    daemonId: operation.daemonId,
    path: made.folder,
    branch: made.branch,
    kind: 'fork',
    createdAt: ctx.now(),
  })
  return id
}
