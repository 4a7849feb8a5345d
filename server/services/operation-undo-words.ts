// The words in which an undo says what it will do.
import { countChanges, countWords, type Effect, quoteName, type TalkMove } from './operation-draft'
import type { Context } from '@/server/context'
import type { RewindPlan } from '@/server/git/types'
import { getStoredOperation, type StoredOperation } from './operation-state'

export type Undoing = {
  origin: StoredOperation
  plan: RewindPlan | null
  talk: TalkMove | null
  effects: Effect[]
  /** Folder of the fork that goes. */
  forkPath: string
  fork: ForkMove | null
}

/** The task of a fork that goes with an undo, or comes back with one. */
export type ForkMove = { name: string; goes: boolean }

/** The fork at the beginning of a chain of undos, and what undoing `origin` means for it; null when the chain began otherwise. */
export async function findFork(ctx: Context, origin: StoredOperation): Promise<ForkMove | null> {
  let first = origin
  let goes = true
  for (; first.undoOf; goes = !goes) first = await getStoredOperation(ctx, first.undoOf)
  return first.plan?.details.kind === 'fork' ? { name: first.plan.details.name, goes } : null
}

/** One sentence that says everything the undo will do. */
export function tellUndo({ origin, plan, talk, effects, forkPath, fork }: Undoing): string {
  const parts: string[] = []
  const files = countChanges(plan)
  if (files > 0) parts.push(`${countWords(files, 0)} return to the state before`)
  if (plan && plan.counts.keep > 0)
    parts.push(
      `${countWords(plan.counts.keep, 0)} edited since ${plan.counts.keep === 1 ? 'stays as it is' : 'stay as they are'}`,
    )
  if (talk && talk.count < 0) parts.push(`${countWords(0, -talk.count)} come back`)
  if (talk && talk.count > 0) parts.push(`${countWords(0, talk.count)} leave the conversation again`)
  for (const effect of effects) {
    if (effect.type === 'remove_branch') parts.push(`the branch ${effect.name} goes`)
    if (effect.type === 'create_branch') parts.push(`the branch ${effect.name} comes back`)
    if (effect.type === 'remove_stash') parts.push('the stash entry goes')
    if (effect.type === 'preserve_stash') parts.push('the stash entry comes back')
    if (effect.type === 'remove_fork')
      parts.push(`the worktree ${forkPath} goes; its files are put on the recover shelf first`)
    if (effect.type === 'create_fork') parts.push(`the worktree ${effect.folder} comes back`)
  }
  if (fork) parts.push(`the task ${quoteName(fork.name)} ${fork.goes ? 'is marked as undone' : 'is in use again'}`)
  return parts.length > 0
    ? `${parts.join('; ')}.`.replace(/^./, (c) => c.toUpperCase())
    : `Nothing is left to undo of: ${origin.summary}.`
}
