// Owns the recording step: in one transaction the talk moves, rows and events are written, and the operation is done.
import { eq, sql } from 'drizzle-orm'
import { newId, newSegmentId } from '@/db/ids'
import { contracts, operations, shelfItems, taskCheckpoints, tasks, worktrees } from '@/db/schema'
import { conversationSnapshots, segments } from '@/db/talk-tables'
import { type Context, withTransaction } from '@/server/context'
import { AppError } from '@/server/errors'
import { displayPath } from '@/server/git/paths'
import { recordEvents } from './history'
import { countChanges, type Details, type Draft, type Head } from './operation-draft'
import { markDone } from './operation-journal'
import { CONVERSATION_REF } from './operation-restore'
import type { After, Before, Outcome, StoredOperation } from './operation-state'
import { enqueuePackStore } from './pack-store'
import type { Phase } from './views'

export type Finished = { operation: StoredOperation; draft: Draft; before: Before; outcomes: Outcome[] }

type Tx = { ctx: Context; finished: Finished; about: About }
type About = {
  contractId: string | null
  taskId: string | null
  repositoryId: string | null
  agent: string | null
  phase: Phase | null
}

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

function recordDetails(tx: Tx, details: Details): Promise<Record<string, unknown>> {
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

function preservedBy(outcomes: Outcome[]): { stateType: 'branch' | 'stash'; reference: string } | null {
  for (const outcome of outcomes) {
    if (outcome.type === 'branch') return { stateType: 'branch', reference: outcome.name }
    if (outcome.type === 'stash') return { stateType: 'stash', reference: outcome.sha }
  }
  return null
}

async function recordRewind({ ctx, finished, about }: Tx, details: Details & { kind: 'rewind' }) {
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

async function recordBranch({ ctx, finished, about }: Tx, details: Details & { kind: 'branch' }) {
  const made = finished.outcomes.find((outcome) => outcome.type === 'branch')
  const sha = made?.sha ?? details.sha
  const { branchName, checkpointId } = details
  const { id: operationId, summary } = finished.operation
  await recordEvents(ctx, [
    { ...about, eventType: 'branch.created', eventData: { operationId, summary, branchName, sha, checkpointId } },
  ])
  return { branchName, sha, checkpointId }
}

async function recordFork({ ctx, finished, about }: Tx, details: Details & { kind: 'fork' }) {
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
      eventData: { name: details.name, parentTaskId: null, isSupervisor: false, plan: details.plan },
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

async function recordUndo({ ctx, finished, about }: Tx, details: Details & { kind: 'undo' }) {
  const { operation, draft, outcomes } = finished
  await ctx.db.update(operations).set({ undoOf: details.undoOf }).where(eq(operations.id, operation.id))
  await flipChain(ctx, operation.id, details.undoOf)
  for (const [n, effect] of draft.effects.entries()) {
    const outcome = outcomes[n]
    if (effect.type === 'remove_fork' && outcome?.type === 'gone') {
      await ctx.db.execute(sql`
        update worktrees set removed_at = now() where removed_at is null
          and id = (select worktree_id from tasks where id = ${effect.taskId})`)
      await ctx.db.update(tasks).set({ status: 'interrupted' }).where(eq(tasks.id, effect.taskId))
    }
    if (effect.type === 'create_fork') {
      await ctx.db.execute(sql`
        update worktrees set removed_at = null where id = (select worktree_id from tasks where id = ${effect.taskId})`)
      await ctx.db.update(tasks).set({ status: 'pending' }).where(eq(tasks.id, effect.taskId))
    }
  }
  const { id: operationId, summary } = operation
  await recordEvents(ctx, [
    {
      ...about,
      eventType: 'operation.undone',
      eventSubtype: details.undoneKind,
      eventData: { operationId, summary, undoOf: details.undoOf },
    },
  ])
  return { undoOf: details.undoOf, preservedAs: preservedBy(outcomes) }
}

/** What is undone goes; what *it* had undone stands again; and so on down the chain. */
async function flipChain(ctx: Context, by: string, undone: string): Promise<void> {
  let stands = false
  for (let at: string | null = undone, above = by; at; stands = !stands) {
    const values = stands ? { state: 'done', undoneBy: null } : { state: 'undone', undoneBy: above }
    const rows: { undoOf: string | null }[] = await ctx.db
      .update(operations)
      .set(values)
      .where(eq(operations.id, at))
      .returning({ undoOf: operations.undoOf })
    above = at
    at = rows[0]?.undoOf ?? null
  }
}

async function recordRestore({ ctx, finished, about }: Tx, details: Details & { kind: 'restore' }) {
  const files = finished.outcomes.find((outcome) => outcome.type === 'files')?.changed ?? 0
  const { id: operationId, summary } = finished.operation
  const { shelfItemId } = details
  await recordEvents(ctx, [
    { ...about, eventType: 'shelf.restored', eventData: { operationId, summary, shelfItemId, files } },
  ])
  return { shelfItemId }
}

async function recordCheckpoint({ ctx, finished, about }: Tx, details: Details & { kind: 'checkpoint' }) {
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
  const shown = { number: effect.number, kind: 'manual', files, additions, deletions, branch, message: details.message }
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
    verifiedAt: now,
    createdAt: now,
  })
  await ctx.db
    .update(contracts)
    .set({ checkpointCount: sql`${contracts.checkpointCount} + 1`, lastActivityAt: now })
    .where(eq(contracts.id, task.contractId))
  await ctx.db.update(tasks).set({ lastActivityAt: now }).where(eq(tasks.id, task.id))
  const eventData = { checkpointId, sha: capture.commitSha, ...shown }
  await recordEvents(ctx, [{ ...about, eventType: 'checkpoint.created', eventSubtype: 'manual', eventData }])
  return { checkpointId, number: effect.number, sha: capture.commitSha, notCovered }
}

/** One item for what the snapshot holds and for where the talk stood; a folder that was taken away has one of its own. */
async function putOnShelf({ ctx, finished }: Tx): Promise<void> {
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
