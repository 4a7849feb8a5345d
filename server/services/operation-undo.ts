// Drafts the undo of an operation: each thing it did is turned round, planned from what is there now. An undo can be undone.
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { readWorktreeTree } from '@/server/git/capture'
import { hashChild, viewChild } from './operation-children'
import {
  type ChildPart,
  countChanges,
  countWords,
  type Draft,
  emptyView,
  hashPlan,
  type Place,
  type Subject,
  viewFiles,
} from './operation-draft'
import { requireIdleFolder } from './operation-idle'
import type { OperationInput } from './operation-inputs'
import { openAnyPlace } from './operation-places'
import { type After, type Before, getStoredOperation, type StoredOperation } from './operation-state'
import { turnRound } from './operation-undo-part'
import { findFork, tellChild, tellUndo } from './operation-undo-words'
import type { PlanChildView, PlanView } from './views'

type Input = OperationInput['undo']

/** The folder in which the undo works: that of the operation, or the worktree that a fork made. */
type Scope = {
  origin: StoredOperation
  draft: Draft
  before: Before
  after: After
  place: Place | null
  exclusive: boolean
}

async function load(ctx: Context, input: Input): Promise<Scope> {
  const origin = await getStoredOperation(ctx, input.operationId)
  requireUndoable(origin)
  const draft = origin.plan
  if (!draft || !origin.after)
    throw new AppError('precondition_failed', 'The journal of this operation does not say how to undo it.')
  const before: Before = origin.before ?? { head: null, snapshot: null, knownTree: null, talk: null }
  const touchesFiles = draft.effects.some((effect) => effect.type === 'files')
  return { origin, draft, before, after: origin.after, place: draft.place, exclusive: touchesFiles }
}

function requireUndoable(origin: StoredOperation): void {
  if (origin.importedAt !== null) {
    throw new AppError(
      'precondition_failed',
      'This operation came with a contract’s file: another Makima did it, so it cannot be undone here. Rewind to a checkpoint instead.',
    )
  }
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

function subjectOf({ origin, draft, place, exclusive }: Scope): Subject {
  return {
    summary: origin.kind === 'undo' ? `redo: ${origin.summary.replace(/^undo: /, '')}` : `undo: ${origin.summary}`,
    contractId: origin.contractId,
    taskId: origin.taskId,
    repositoryId: origin.repositoryId,
    worktreeId: exclusive ? (place?.worktreeId ?? null) : null,
    childWorktreeIds: (draft.children ?? []).flatMap((part) => part.place?.worktreeId ?? []),
  }
}

export async function describeUndo(ctx: Context, input: Input): Promise<Subject> {
  return subjectOf(await load(ctx, input))
}

export async function draftUndo(ctx: Context, input: Input): Promise<Draft> {
  const scope = await load(ctx, input)
  const { origin, before, after } = scope
  const { effects, plan, talk } = await turnRound(ctx, origin, { part: scope.draft, before, after })
  const children = await turnChildren(ctx, scope)
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
    ...(children.length > 0 ? { children: children.map(({ part }) => part) } : {}),
    details: { kind: 'undo', undoOf: origin.id, undoneKind: origin.kind },
    view: {
      ...emptyView('undo'),
      ...viewFiles(plan),
      ...(notCovered ? { notCovered } : {}),
      planHash: hashPlan([
        'undo',
        origin.id,
        plan?.planHash ?? null,
        talk?.from ?? null,
        talk?.to ?? null,
        children.map(({ part }) => hashChild(part)),
      ]),
      children: children.map(({ view }) => view),
      sentence: tellUndo({
        origin,
        plan,
        talk,
        effects,
        forkPath: forkPlace?.path ?? '',
        fork,
        children: children.map(({ part }) => part),
      }),
      button: `${origin.kind === 'undo' ? 'Redo' : 'Undo'}${files > 0 || talk ? `: ${countWords(files, Math.abs(talk?.count ?? 0))}` : ''}`,
    },
  }
}

/** Each child that followed comes back by itself, from how it is now. */
async function turnChildren(ctx: Context, { origin, draft, before, after }: Scope) {
  const drafted: { part: ChildPart; view: PlanChildView }[] = []
  for (const [n, part] of (draft.children ?? []).entries()) {
    const [then, since] = [before.children?.[n], after.children?.[n]]
    if (!then || !since)
      throw new AppError('precondition_failed', 'The journal of this operation does not say how to undo it.')
    const { effects, plan, talk } = await turnRound(ctx, origin, { part, before: then, after: since })
    const { taskId, name, place } = part
    const turned = { taskId, name, place, effects, snapshot: plan !== null, talk, knownTree: then.knownTree }
    drafted.push({
      part: turned,
      view: viewChild(
        { taskId, name, createdAt: origin.createdAt },
        'follows',
        tellChild(plan, talk),
        plan,
        talk?.count ?? 0,
      ),
    })
  }
  return drafted
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
