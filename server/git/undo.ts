// Owns taking an operation back. Undoing a rewind is a rewind whose target is the snapshot; so undo has an undo as well.
import { AppError } from '@/server/errors'
import { gitText, openSimpleGit, runGit } from './git'
import { type RewindInput, readRewindFacts } from './rewind'
import type { Repository, RewindFacts, WorktreeRepository } from './types'

export interface UndoInput extends Omit<RewindInput, 'targetSha' | 'lastKnownTree' | 'ownedPaths' | 'knownTrees'> {
  /** The safety snapshot of the operation to undo. */
  snapshotSha: string
  /** The tree read back after that operation (`ApplyResult.treeSha`): what differs from it now was edited since. */
  afterTree?: string | null
}

/**
 * Facts for the plan that restores a snapshot; hand them to `planRewind`. Without `afterTree` nobody knows what was edited
 * since: plan with `includeEdited` then.
 */
export function readUndoFacts(input: UndoInput): Promise<RewindFacts> {
  const { snapshotSha, afterTree, ...rest } = input
  return readRewindFacts({ ...rest, targetSha: snapshotSha, lastKnownTree: afterTree ?? null, ownedPaths: null })
}

/**
 * Deletes a branch we made, if it still points where we put it and is checked out nowhere.
 * @returns what happened; a branch that is gone already counts as removed.
 */
export async function undoBranch(input: {
  repository: Repository
  branch: string
  sha: string
}): Promise<{ removed: true } | { removed: false; reason: string }> {
  const { repository, branch, sha } = input
  const gitDir = repository.gitDir
  const ref = `refs/heads/${branch}`
  const found = await runGit(['rev-parse', '--verify', '-q', ref], { gitDir, okCodes: [0, 1, 128] })
  if (found.code !== 0) return { removed: true }
  if (found.stdout.toString().trim() !== sha)
    return { removed: false, reason: `The branch ${branch} has new commits and was kept.` }
  const worktrees = await gitText(['worktree', 'list', '--porcelain'], { gitDir })
  if (worktrees.split('\n').includes(`branch ${ref}`))
    return { removed: false, reason: `The branch ${branch} is checked out and was kept.` }
  // Only if it still is what we made: the old value makes git refuse otherwise.
  await runGit(['update-ref', '-d', ref, sha], { gitDir })
  return { removed: true }
}

/** Drops the stash entry we made, wherever it stands in the list by now. Gone already counts as removed. */
export async function undoStash(input: {
  repository: WorktreeRepository
  stashSha: string
}): Promise<{ removed: boolean }> {
  const git = openSimpleGit(input.repository.topLevel)
  const list = await git.raw(['stash', 'list', '--format=%H'])
  const position = list.split('\n').indexOf(input.stashSha)
  if (position === -1) return { removed: false }
  const [at] = (await git.raw(['rev-parse', `stash@{${position}}`])).split('\n')
  if (at !== input.stashSha) throw new AppError('conflict', 'The stash list is changing right now. Try again.')
  await git.raw(['stash', 'drop', '-q', `stash@{${position}}`])
  return { removed: true }
}
