// Owns the recording step: in one transaction the talk moves, rows and events are written, and the operation is done.
import { eq, sql } from 'drizzle-orm'
import { tasks } from '@/db/schema'
import { type Context, withTransaction } from '@/server/context'
import { AppError } from '@/server/errors'
import { displayPath } from '@/server/git/paths'
import { recordEvents } from './history'
import { type Details, type Draft, partsOf, type TalkMove } from './operation-draft'
import { markDone } from './operation-journal'
import { afterOf, childTotals, recordChildren, setAside } from './operation-record-children'
import { recordCheckpoint } from './operation-record-checkpoint'
import { recordFork } from './operation-record-fork'
import { recordUndo } from './operation-record-undo'
import { type About, type Finished, preservedBy, type Recording } from './operation-recording'
import { putOnShelf } from './operation-shelving'
import type { After, StoredOperation } from './operation-state'
import { enqueuePackStore } from './pack-store'
import type { Phase } from './views'

/** @throws FenceLost; AppError `conflict` when the conversation moved since the preview. */
export async function recordDone(ctx: Context, finished: Finished): Promise<void> {
  const { operation, draft } = finished
  await withTransaction(ctx, async (tx) => {
    for (const { talk } of partsOf(draft)) if (talk) await moveTalk(tx, talk)
    const about = await aboutOf(tx, operation)
    const scope = { ctx: tx, finished, about }
    const children = await recordChildren(scope)
    const extra = await recordDetails(scope, draft.details)
    await putOnShelf(scope)
    const after: After = { ...afterOf(draft, finished.outcomes), ...(children.length > 0 ? { children } : {}) }
    await markDone(tx, operation.id, operation.fence, { after, result: { ...resultOf(finished), ...extra } })
    for (const repositoryId of repositoriesOf(draft, operation)) await enqueuePackStore(tx, repositoryId)
  })
}

/** Only from where the preview saw it: a head that moved on meanwhile is not moved back over new messages. */
async function moveTalk(tx: Context, talk: TalkMove): Promise<void> {
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
}

function repositoriesOf(draft: Draft, operation: StoredOperation): Set<string> {
  const worked = partsOf(draft).filter((part) => part.effects.length > 0)
  return new Set(worked.flatMap((part) => (part === draft ? operation.repositoryId : part.place?.repositoryId) ?? []))
}

async function aboutOf(tx: Context, operation: StoredOperation): Promise<About> {
  const { contractId, taskId, repositoryId } = operation
  const [task] = taskId
    ? await tx.db.select({ agent: tasks.agent, phase: tasks.phase }).from(tasks).where(eq(tasks.id, taskId))
    : []
  return { contractId, taskId, repositoryId, agent: task?.agent ?? null, phase: (task?.phase as Phase) ?? null }
}

/** What every kind answers with. */
function resultOf({ draft, outcomes, childOutcomes }: Finished): Record<string, unknown> {
  const files = outcomes.find((outcome) => outcome.type === 'files')
  const notes = outcomes.flatMap((outcome) => (outcome.type === 'gone' && outcome.kept ? [outcome.kept] : []))
  return {
    files: files?.changed ?? 0,
    kept: files?.kept ?? 0,
    failed: (files?.failed ?? []).map(({ path, reason }) => ({ path: displayPath(path), reason })),
    messages: draft.talk?.count ?? 0,
    ...(draft.children?.length ? childTotals(draft.children, childOutcomes) : {}),
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
  const statuses = await setAside(ctx, details.aside ?? [])
  return { checkpointId, checkpointNumber, sha, message, preservedAs: preserved, ...(statuses ? { statuses } : {}) }
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

/** Puts the snapshot of a failed operation on the shelf: used when not all could be put back. */
export async function shelveFailed(tx: Context, failed: Omit<Finished, 'outcomes' | 'childOutcomes'>): Promise<void> {
  const about = await aboutOf(tx, failed.operation)
  await putOnShelf({ ctx: tx, finished: { ...failed, outcomes: [], childOutcomes: [] }, about })
}
