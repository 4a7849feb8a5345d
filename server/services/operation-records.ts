// Owns the recording step: in one transaction the talk moves, rows and events are written, and the operation is done.
import { eq, sql } from 'drizzle-orm'
import { newId } from '@/db/ids'
import { shelfItems, tasks } from '@/db/schema'
import { type Context, withTransaction } from '@/server/context'
import { AppError } from '@/server/errors'
import { displayPath } from '@/server/git/paths'
import { recordEvents } from './history'
import { countChanges, type Details, type Draft, type Head } from './operation-draft'
import { markDone } from './operation-journal'
import { recordCheckpoint } from './operation-record-checkpoint'
import { recordFork } from './operation-record-fork'
import { recordUndo } from './operation-record-undo'
import { type About, type Finished, preservedBy, type Recording } from './operation-recording'
import { CONVERSATION_REF } from './operation-restore'
import type { After, StoredOperation } from './operation-state'
import { enqueuePackStore } from './pack-store'
import type { Phase } from './views'

/** @throws FenceLost; AppError `conflict` when the conversation moved since the preview. */
export async function recordDone(ctx: Context, finished: Finished): Promise<void> {
  const { operation, draft } = finished
  await withTransaction(ctx, async (tx) => {
    const moved = await moveTalk(tx, draft)
    const about = await aboutOf(tx, operation)
    const scope = { ctx: tx, finished, about }
    const extra = await recordDetails(scope, draft.details)
    await putOnShelf(scope)
    const files = finished.outcomes.find((outcome) => outcome.type === 'files')
    const after: After = {
      tree: files?.tree ?? null,
      knownTree: draft.knownTree,
      talk: moved,
      outcomes: finished.outcomes,
    }
    await markDone(tx, operation.id, operation.fence, { after, result: { ...resultOf(finished), ...extra } })
    if (operation.repositoryId && draft.effects.length > 0) await enqueuePackStore(tx, operation.repositoryId)
  })
}

/** Only from where the preview saw it: a head that moved on meanwhile is not moved back over new messages. */
async function moveTalk(tx: Context, { talk }: Draft): Promise<Head | null> {
  if (!talk) return null
  const rows = await tx.db
    .update(tasks)
    .set({
      headSegmentId: talk.to.segmentId,
      headSeq: talk.to.seq,
      messageCount: sql`greatest(${tasks.messageCount} - ${talk.count}::int, 0)`,
    })
    .where(
      sql`${tasks.id} = ${talk.taskId} and ${tasks.headSegmentId} is not distinct from ${talk.from.segmentId}
        and ${tasks.headSeq} = ${talk.from.seq}`,
    )
    .returning({ id: tasks.id })
  if (rows.length === 0) {
    throw new AppError('conflict', 'The conversation went on since the preview. Look at the new plan.')
  }
  return talk.to
}

async function aboutOf(tx: Context, operation: StoredOperation): Promise<About> {
  const { contractId, taskId, repositoryId } = operation
  const [task] = taskId
    ? await tx.db.select({ agent: tasks.agent, phase: tasks.phase }).from(tasks).where(eq(tasks.id, taskId))
    : []
  return { contractId, taskId, repositoryId, agent: task?.agent ?? null, phase: (task?.phase as Phase) ?? null }
}

/** What every kind answers with. */
function resultOf({ draft, outcomes }: Finished): Record<string, unknown> {
  const files = outcomes.find((outcome) => outcome.type === 'files')
  const notes = outcomes.flatMap((outcome) => (outcome.type === 'gone' && outcome.kept ? [outcome.kept] : []))
  return {
    files: files?.changed ?? 0,
    kept: files?.kept ?? 0,
    failed: (files?.failed ?? []).map(({ path, reason }) => ({ path: displayPath(path), reason })),
    messages: draft.talk?.count ?? 0,
    ...(notes.length > 0 ? { notes } : {}),
  }
}

function recordDetails(tx: Recording, details: Details): Promise<Record<string, unknown>> {
  switch (details.kind) {
    case 'rewind':
      return recordRewind(tx, details)
    case 'branch':
      return recordBranch(tx, details)
    case 'fork':
      return recordFork(tx, details)
    case 'undo':
      return recordUndo(tx, details)
    case 'restore':
      return recordRestore(tx, details)
    case 'checkpoint':
      return recordCheckpoint(tx, details)
  }
}

async function recordRewind({ ctx, finished, about }: Recording, details: Details & { kind: 'rewind' }) {
  const { operation, draft, outcomes } = finished
  const files = outcomes.find((outcome) => outcome.type === 'files')?.changed ?? 0
  const preserved = preservedBy(outcomes)
  const { checkpointId, checkpointNumber, sha, message } = details
  await recordEvents(ctx, [
    {
      ...about,
      eventType: 'rewind.applied',
      eventSubtype: operation.kind === 'rewind' ? 'code' : draft.place ? 'both' : 'conversation',
      eventData: {
        operationId: operation.id,
        summary: operation.summary,
        checkpointId,
        checkpointNumber,
        files,
        messages: draft.talk?.count ?? 0,
        preserved,
      },
    },
  ])
  return { checkpointId, checkpointNumber, sha, message, preservedAs: preserved }
}

async function recordBranch({ ctx, finished, about }: Recording, details: Details & { kind: 'branch' }) {
  const made = finished.outcomes.find((outcome) => outcome.type === 'branch')
  const sha = made?.sha ?? details.sha
  const { branchName, checkpointId } = details
  const { id: operationId, summary } = finished.operation
  await recordEvents(ctx, [
    { ...about, eventType: 'branch.created', eventData: { operationId, summary, branchName, sha, checkpointId } },
  ])
  return { branchName, sha, checkpointId }
}

async function recordRestore({ ctx, finished, about }: Recording, details: Details & { kind: 'restore' }) {
  const files = finished.outcomes.find((outcome) => outcome.type === 'files')?.changed ?? 0
  const { id: operationId, summary } = finished.operation
  const { shelfItemId } = details
  await recordEvents(ctx, [
    { ...about, eventType: 'shelf.restored', eventData: { operationId, summary, shelfItemId, files } },
  ])
  return { shelfItemId }
}

/** One item for what the snapshot holds and for where the talk stood; a folder that was taken away has one of its own. */
async function putOnShelf({ ctx, finished }: Recording): Promise<void> {
  const { operation, draft, before, outcomes } = finished
  const talk = draft.talk ? before.talk : null
  const plan = draft.effects.find((effect) => effect.type === 'files')?.plan ?? null
  const removed = outcomes.find((outcome) => outcome.type === 'gone' && outcome.snapshot !== null)
  const kept = removed?.type === 'gone' ? removed.snapshot : null
  const snapshot = before.snapshot ?? (kept ? { ...kept, ref: `refs/snapshots/${operation.id}` } : null)
  if (!snapshot && !talk) return
  await ctx.db
    .insert(shelfItems)
    .values({
      id: newId(),
      ownerId: operation.ownerId,
      operationId: operation.id,
      taskId: operation.taskId,
      repositoryId: operation.repositoryId,
      worktreeId: before.snapshot ? (draft.place?.worktreeId ?? null) : null,
      ref: snapshot?.ref ?? CONVERSATION_REF,
      commitSha: snapshot?.sha ?? '',
      headSegmentId: talk?.segmentId ?? null,
      headSeq: talk?.seq ?? null,
      files: countChanges(plan),
      createdAt: ctx.now(),
    })
    .onConflictDoNothing()
  if (!snapshot) return
  // Its size takes a walk through the store, and nobody waits for that.
  await ctx.db.execute(sql`
    select graphile_worker.add_job('finish-operation', payload => ${JSON.stringify({ operationId: operation.id })}::text::json,
      queue_name => ${`pack:${operation.repositoryId}`}, job_key => ${`finish:${operation.id}`}, max_attempts => 3)`)
}

/** Puts the snapshot of a failed operation on the shelf: used when not all could be put back. */
export async function shelveFailed(tx: Context, finished: Omit<Finished, 'outcomes'>): Promise<void> {
  const about = await aboutOf(tx, finished.operation)
  await putOnShelf({ ctx: tx, finished: { ...finished, outcomes: [] }, about })
}
