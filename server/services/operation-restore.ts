// Drafts the return of what lies on the recover shelf: the files of a snapshot, the conversation as it was, or both.
import { and, eq } from 'drizzle-orm'
import { operations, shelfItems, tasks, worktrees } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { planRewind } from '@/server/git/rewind'
import { verifyCheckpoint } from '@/server/git/store'
import type { RewindPlan } from '@/server/git/types'
import { readUndoFacts } from '@/server/git/undo'
import { rewindOptions } from './operation-code'
import {
  countChanges,
  countWords,
  type Draft,
  emptyView,
  hashPlan,
  type Place,
  type Subject,
  type TalkMove,
  viewFiles,
} from './operation-draft'
import type { OperationInput } from './operation-inputs'
import type { Before } from './operation-state'
import { openPlace } from './operation-subjects'
import { readHeadPath } from './operation-talk'

type Input = OperationInput['restore']

/** `ref` of an item that holds only a place in a conversation: the operation's own, or that of a child task. */
export function conversationRef(childId: string | null): string {
  return childId ? `conversation ${childId}` : 'conversation'
}

/** The name of the snapshot that an item holds; null when it holds only a place in a conversation. */
export function snapshotNameOf(ref: string): string | null {
  return ref.startsWith('refs/snapshots/') ? ref.slice('refs/snapshots/'.length) : null
}

async function load(ctx: Context, id: string) {
  const [row] = await ctx.db
    .select({
      item: shelfItems,
      summary: operations.summary,
      contractId: operations.contractId,
      before: operations.before,
      plan: operations.plan,
      path: worktrees.path,
      removedAt: worktrees.removedAt,
    })
    .from(shelfItems)
    .innerJoin(operations, eq(operations.id, shelfItems.operationId))
    .leftJoin(worktrees, eq(worktrees.id, shelfItems.worktreeId))
    .where(and(eq(shelfItems.ownerId, ctx.actor.ownerId), eq(shelfItems.id, id)))
  if (!row) throw new AppError('not_found', 'There is no such item on the recover shelf.')
  if (row.item.emptiedAt)
    throw new AppError('precondition_failed', 'This item was emptied from the recover shelf; its files are gone.')
  return row
}

type Loaded = Awaited<ReturnType<typeof load>>

function holdsFiles({ item }: Loaded): boolean {
  return snapshotNameOf(item.ref) !== null
}

function placeOf(loaded: Loaded): Place {
  const { item, path, removedAt } = loaded
  if (!item.repositoryId || !item.worktreeId || !path || removedAt) {
    throw new AppError(
      'precondition_failed',
      'The worktree of this item was removed. Undo its removal instead; that brings these files back too.',
    )
  }
  return { repositoryId: item.repositoryId, worktreeId: item.worktreeId, path }
}

function subjectOf(loaded: Loaded): Subject {
  return {
    summary: `restore from the shelf what was there before: ${loaded.summary}`,
    contractId: loaded.contractId,
    taskId: loaded.item.taskId,
    repositoryId: loaded.item.repositoryId,
    worktreeId: holdsFiles(loaded) ? placeOf(loaded).worktreeId : null,
  }
}

export async function describeRestore(ctx: Context, input: Input): Promise<Subject> {
  return subjectOf(await load(ctx, input.id))
}

export async function draftRestore(ctx: Context, input: Input): Promise<Draft> {
  const loaded = await load(ctx, input.id)
  const place = holdsFiles(loaded) ? placeOf(loaded) : null
  const plan = place ? await planFiles(ctx, place, loaded.item.commitSha) : null
  const talk = await planTalk(ctx, loaded)
  const files = countChanges(plan)
  const words = countWords(files, Math.abs(talk?.count ?? 0))
  return {
    ...subjectOf(loaded),
    kind: 'restore',
    place,
    effects: plan ? [{ type: 'files', plan }] : [],
    snapshot: plan !== null,
    talk,
    knownTree: beforeOf(loaded)?.knownTree ?? null,
    details: { kind: 'restore', shelfItemId: loaded.item.id },
    view: {
      ...emptyView('restore'),
      ...viewFiles(plan),
      planHash: hashPlan(['restore', loaded.item.id, plan?.planHash ?? null, talk?.from ?? null, talk?.to ?? null]),
      sentence: words
        ? `${words} return to what was there before: ${loaded.summary}. What is there now goes to the recover shelf.`
        : 'Everything on this item is already in place.',
      button: words ? `Restore ${words}` : 'Nothing to restore',
    },
  }
}

/** How it was before in the folder that the item is of: that of the operation's task, or of a child that followed. */
function beforeOf({ item, before, plan }: Loaded): Before | null {
  const journal = before as Before | null
  const n = (plan as Draft | null)?.children?.findIndex((part) => part.taskId === item.taskId) ?? -1
  return n >= 0 ? (journal?.children?.[n] ?? null) : journal
}

/** The person asked for exactly that state: edits since then go to the shelf, they are not kept. */
async function planFiles(ctx: Context, place: Place, snapshotSha: string): Promise<RewindPlan> {
  const open = await openPlace(ctx, place)
  const found = await verifyCheckpoint(open.store, snapshotSha)
  if (!found.ok)
    throw new AppError(
      'precondition_failed',
      'The files of this item are no longer there: objects are missing from the store.',
    )
  const result = planRewind(
    await readUndoFacts({ store: open.store, repository: open.repository, snapshotSha }),
    rewindOptions(true),
  )
  if (!result.ok) throw new AppError('precondition_failed', result.reason)
  return result.plan
}

async function planTalk(ctx: Context, { item }: Loaded): Promise<TalkMove | null> {
  if (!item.taskId || item.headSeq === null) return null
  const [task] = await ctx.db
    .select({ segmentId: tasks.headSegmentId, seq: tasks.headSeq })
    .from(tasks)
    .where(eq(tasks.id, item.taskId))
  const to = { segmentId: item.headSegmentId, seq: item.headSeq }
  if (!task || (task.segmentId === to.segmentId && task.seq === to.seq)) return null
  const [now, then] = [await readHeadPath(ctx, task), await readHeadPath(ctx, to)]
  return { taskId: item.taskId, from: task, to, count: now.total - then.total }
}
