// Drafts the undo of an operation: each thing it did is turned round, planned from what is there now. An undo can be undone.
import { and, desc, eq, gt, isNotNull, ne } from 'drizzle-orm'
import { operations, tasks } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { readWorktreeTree } from '@/server/git/capture'
import { planRewind } from '@/server/git/rewind'
import type { RewindPlan } from '@/server/git/types'
import { readUndoFacts } from '@/server/git/undo'
import { rewindOptions } from './operation-code'
import {
  countChanges,
  countWords,
  type Draft,
  type Effect,
  emptyView,
  hashPlan,
  type Place,
  type Subject,
  type TalkMove,
  viewFiles,
} from './operation-draft'
import { requireIdleFolder } from './operation-idle'
import type { OperationInput } from './operation-inputs'
import { openAnyPlace } from './operation-places'
import { type Before, getStoredOperation, type Outcome, type StoredOperation } from './operation-state'
import { type OpenPlace, openPlace } from './operation-subjects'
import { indexOnPath, readHeadPath } from './operation-talk'
import { findFork, tellUndo } from './operation-undo-words'
import type { PlanView } from './views'

type Input = OperationInput['undo']

/** The folder in which the undo works: that of the operation, or the worktree that a fork made. */
type Scope = { origin: StoredOperation; draft: Draft; before: Before; place: Place | null; exclusive: boolean }

async function load(ctx: Context, input: Input): Promise<Scope> {
  const origin = await getStoredOperation(ctx, input.operationId)
  requireUndoable(origin)
  const draft = origin.plan
  if (!draft || !origin.after)
    throw new AppError('precondition_failed', 'The journal of this operation does not say how to undo it.')
  const before: Before = origin.before ?? { head: null, snapshot: null, knownTree: null, talk: null }
  const touchesFiles = draft.effects.some((effect) => effect.type === 'files')
  return { origin, draft, before, place: draft.place, exclusive: touchesFiles }
}

function requireUndoable(origin: StoredOperation): void {
  if (origin.state === 'undone' || origin.undoneBy) {
    throw new AppError('conflict', 'This operation was undone already. To have it back, undo the undo.')
  }
  if (origin.state === 'failed') {
    throw new AppError(
      'precondition_failed',
      'This operation failed and left everything as before, so there is nothing to undo.',
    )
  }
  if (origin.state !== 'done')
    throw new AppError('conflict', 'This operation is not finished. Wait for it, then undo it.')
  if (origin.kind === 'checkpoint') {
    throw new AppError('precondition_failed', 'A checkpoint changes nothing, so there is nothing to undo.')
  }
}

function subjectOf({ origin, place, exclusive }: Scope): Subject {
  return {
    summary: origin.kind === 'undo' ? `redo: ${origin.summary.replace(/^undo: /, '')}` : `undo: ${origin.summary}`,
    contractId: origin.contractId,
    taskId: origin.taskId,
    repositoryId: origin.repositoryId,
    worktreeId: exclusive ? (place?.worktreeId ?? null) : null,
  }
}

export async function describeUndo(ctx: Context, input: Input): Promise<Subject> {
  return subjectOf(await load(ctx, input))
}

export async function draftUndo(ctx: Context, input: Input): Promise<Draft> {
  const scope = await load(ctx, input)
  const { origin, before } = scope
  const effects: Effect[] = []
  let plan: RewindPlan | null = null
  for (const [n, effect] of [...scope.draft.effects.entries()].toReversed()) {
    const outcome = origin.after?.outcomes[n]
    if (effect.type === 'files') {
      plan = await planFiles(ctx, scope)
      effects.push({ type: 'files', plan })
    } else {
      const inverse = outcome ? invert(effect, outcome, before) : null
      if (inverse) effects.push(inverse)
    }
  }
  const talk = await planTalk(ctx, origin)
  const removed = effects.find((effect) => effect.type === 'remove_fork')
  if (removed) await requireIdleFolder(ctx, removed.taskId)
  const forkPlace = removed ? { ...(scope.place as Place), path: removed.folder } : scope.place
  const notCovered = removed && scope.place ? await uncoveredOf(ctx, { ...scope.place, path: removed.folder }) : null
  const files = countChanges(plan)
  const fork = await findFork(ctx, origin)
  return {
    ...subjectOf(scope),
    kind: 'undo',
    place: scope.place,
    effects,
    snapshot: plan !== null,
    talk,
    knownTree: before.knownTree,
    details: { kind: 'undo', undoOf: origin.id, undoneKind: origin.kind },
    view: {
      ...emptyView('undo'),
      ...viewFiles(plan),
      ...(notCovered ? { notCovered } : {}),
      planHash: hashPlan(['undo', origin.id, plan?.planHash ?? null, talk?.from ?? null, talk?.to ?? null]),
      sentence: tellUndo({ origin, plan, talk, effects, forkPath: forkPlace?.path ?? '', fork }),
      button: `${origin.kind === 'undo' ? 'Redo' : 'Undo'}${files > 0 || talk ? `: ${countWords(files, Math.abs(talk?.count ?? 0))}` : ''}`,
    },
  }
}

async function planFiles(ctx: Context, scope: Scope): Promise<RewindPlan> {
  const { origin, before, place } = scope
  if (!place || !before.snapshot)
    throw new AppError(
      'precondition_failed',
      'The snapshot of this operation is gone, so its files cannot be brought back.',
    )
  const open = await openPlace(ctx, place)
  const facts = await readUndoFacts({
    store: open.store,
    repository: open.repository,
    snapshotSha: before.snapshot.sha,
    afterTree: origin.after?.tree ?? undefined,
  })
  const result = planRewind(facts, rewindOptions(false))
  if (!result.ok) throw new AppError('precondition_failed', result.reason)
  await requireTopmost(ctx, origin, open, result.plan)
  return result.plan
}

/** Files that a later operation changed would be kept, and the undo would be half of one: that one has to go first. */
async function requireTopmost(ctx: Context, origin: StoredOperation, open: OpenPlace, plan: RewindPlan): Promise<void> {
  if (plan.counts.keep === 0 || !origin.finishedAt) return
  const [later] = await ctx.db
    .select({ summary: operations.summary })
    .from(operations)
    .where(
      and(
        eq(operations.worktreeId, open.worktreeId),
        eq(operations.state, 'done'),
        ne(operations.kind, 'checkpoint'),
        ne(operations.id, origin.id),
        isNotNull(operations.after),
        gt(operations.finishedAt, origin.finishedAt),
      ),
    )
    .orderBy(desc(operations.finishedAt))
    .limit(1)
  if (later) {
    throw new AppError('conflict', `A later operation changed the same files: ${later.summary}. Undo that one first.`)
  }
}

/** The opposite of an effect; null when nothing is left to take back. */
function invert(effect: Effect, outcome: Outcome, before: Before): Effect | null {
  const own = before.snapshot?.sha ?? null
  switch (effect.type) {
    case 'preserve_branch':
    case 'create_branch':
      return outcome.type === 'branch' ? { type: 'remove_branch', name: outcome.name, sha: outcome.sha } : null
    case 'remove_branch':
      return { type: 'create_branch', name: effect.name, sha: effect.sha }
    case 'preserve_stash': {
      const snapshotSha = effect.snapshotSha ?? own
      if (outcome.type !== 'stash' || !snapshotSha) return null
      return { type: 'remove_stash', sha: outcome.sha, message: effect.message, snapshotSha }
    }
    case 'remove_stash':
      return { type: 'preserve_stash', message: effect.message, snapshotSha: effect.snapshotSha }
    case 'create_fork': {
      if (outcome.type !== 'fork') return null
      const { folder, branch, sha } = outcome
      return { type: 'remove_fork', folder, branch, sha, taskId: effect.taskId }
    }
    case 'remove_fork':
      return {
        ...effect,
        type: 'create_fork',
        filesSha: outcome.type === 'gone' ? (outcome.snapshot?.sha ?? null) : null,
      }
    case 'files':
    case 'capture':
      return null
  }
}

/** Moves the head back, unless the old place is in force again already (the talk went on from there). */
async function planTalk(ctx: Context, origin: StoredOperation): Promise<TalkMove | null> {
  const moved = origin.plan?.talk
  if (!moved || !origin.before?.talk) return null
  const [task] = await ctx.db
    .select({ segmentId: tasks.headSegmentId, seq: tasks.headSeq })
    .from(tasks)
    .where(eq(tasks.id, moved.taskId))
  if (!task) return null
  const to = origin.before.talk
  const [now, old] = [await readHeadPath(ctx, task), await readHeadPath(ctx, to)]
  const undoesRemoval = moved.count > 0
  if (undoesRemoval && to.segmentId && indexOnPath(now, to) !== null) return null
  return { taskId: moved.taskId, from: task, to, count: now.total - old.total }
}

/** Files in a fork's folder that no snapshot holds and that would go with it; null when the folder is gone already. */
async function uncoveredOf(ctx: Context, place: Place): Promise<PlanView['notCovered'] | null> {
  const open = await openAnyPlace(ctx, place).catch(() => null)
  if (!open || open.repository.topLevel === null) return null
  const repository = { ...open.repository, topLevel: open.repository.topLevel, bare: false as const }
  const { notCovered } = await readWorktreeTree({ store: open.store, repository })
  return notCovered.map((entry) => ({
    path: entry.path,
    reason: `${entry.reason.replaceAll('_', ' ')}: it goes with the folder`,
  }))
}
