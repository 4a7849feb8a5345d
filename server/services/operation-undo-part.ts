// Turns round what an operation did in one worktree and to one talk, planned from what is there now.
import { and, desc, eq, gt, isNotNull, ne, or, sql } from 'drizzle-orm'
import { operations, tasks } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { planRewind } from '@/server/git/rewind'
import type { RewindPlan } from '@/server/git/types'
import { readUndoFacts } from '@/server/git/undo'
import { rewindOptions } from './operation-code'
import type { Effect, Part, TalkMove } from './operation-draft'
import type { After, Before, Outcome, StoredOperation } from './operation-state'
import { type OpenPlace, openPlace } from './operation-subjects'
import { indexOnPath, readHeadPath } from './operation-talk'

/** A part of an operation that was done, with its two ends. */
export type Done = { part: Part; before: Before; after: After }

/** @throws AppError `precondition_failed` when the files of before are gone, `conflict` when a later operation is in the way. */
export async function turnRound(ctx: Context, origin: StoredOperation, done: Done) {
  const effects: Effect[] = []
  let plan: RewindPlan | null = null
  for (const [n, effect] of [...done.part.effects.entries()].toReversed()) {
    const outcome = done.after.outcomes[n]
    if (effect.type === 'files') {
      plan = await planFiles(ctx, origin, done)
      effects.push({ type: 'files', plan })
    } else {
      const inverse = outcome ? invert(effect, outcome, done.before) : null
      if (inverse) effects.push(inverse)
    }
  }
  return { effects, plan, talk: await planTalk(ctx, done) }
}

async function planFiles(ctx: Context, origin: StoredOperation, { part, before, after }: Done): Promise<RewindPlan> {
  const { place } = part
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
    afterTree: after.tree ?? undefined,
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
        or(
          eq(operations.worktreeId, open.worktreeId),
          sql`${operations.after} -> 'children' @> ${JSON.stringify([{ worktreeId: open.worktreeId }])}::jsonb`,
        ),
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
async function planTalk(ctx: Context, { part, before }: Done): Promise<TalkMove | null> {
  const moved = part.talk
  if (!moved || !before.talk) return null
  const [task] = await ctx.db
    .select({ segmentId: tasks.headSegmentId, seq: tasks.headSeq })
    .from(tasks)
    .where(eq(tasks.id, moved.taskId))
  if (!task) return null
  const to = before.talk
  const [now, old] = [await readHeadPath(ctx, task), await readHeadPath(ctx, to)]
  const undoesRemoval = moved.count > 0
  if (undoesRemoval && to.segmentId && indexOnPath(now, to) !== null) return null
  return { taskId: moved.taskId, from: task, to, count: now.total - old.total }
}
