// The words in which an undo says what it will do.
import { tellChildren } from './operation-children'
import { type ChildPart, countChanges, countWords, type Effect, quoteName, type TalkMove } from './operation-draft'
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
  children: ChildPart[]
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

/** What an undo says of one task's files and talk. */
function tellParts(plan: RewindPlan | null, talk: TalkMove | null): string[] {
  const parts: string[] = []
  const files = countChanges(plan)
  const kept = plan?.counts.keep ?? 0
  if (files > 0) parts.push(`${countWords(files, 0)} return to the state before`)
  if (kept > 0) parts.push(`${countWords(kept, 0)} edited since ${kept === 1 ? 'stays as it is' : 'stay as they are'}`)
  if (talk && talk.count < 0) parts.push(`${countWords(0, -talk.count)} come back`)
  if (talk && talk.count > 0) parts.push(`${countWords(0, talk.count)} leave the conversation again`)
  return parts
}

/** What becomes of a child task that followed. */
export function tellChild(plan: RewindPlan | null, talk: TalkMove | null): string {
  return toSentence(tellParts(plan, talk)) ?? 'Nothing changes: it is as it was before already.'
}

/** What the undo will do, in a sentence or two. */
export function tellUndo({ origin, plan, talk, effects, forkPath, fork, children }: Undoing): string {
  const parts = tellParts(plan, talk)
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
  parts.push(...tellChildren(children), ...(fork ? [] : tellStopped(origin)))
  return toSentence(parts) ?? `Nothing is left to undo of: ${origin.summary}.`
}

/** Tasks that were stopped, or were given back their status by an undo, change back. */
function tellStopped({ result }: StoredOperation): string[] {
  const statuses = Object.values((result as { statuses?: Record<string, string> } | null)?.statuses ?? {})
  if (statuses.length === 0) return []
  const tasks = statuses.length === 1 ? '1 child task is' : `${statuses.length} child tasks are`
  return [statuses[0] === 'interrupted' ? `${tasks} stopped again` : `${tasks} no longer marked as stopped`]
}

function toSentence(parts: string[]): string | null {
  return parts.length > 0 ? `${parts.join('; ')}.`.replace(/^./, (first) => first.toUpperCase()) : null
}
