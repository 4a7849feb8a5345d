// Carries out the effects of a draft on disk, and takes them back. Each may be called again after a kill in its middle.
import { join } from 'node:path'
import { AppError, isAppError } from '@/server/errors'
import { applyRewind, resolveInterrupted } from '@/server/git/apply'
import { createBranch } from '@/server/git/branch'
import { captureWorktree } from '@/server/git/capture'
import { createFork, type Fork, removeFork } from '@/server/git/fork'
import { displayPath } from '@/server/git/paths'
import { preserveAsBranch, preserveAsStash } from '@/server/git/preserve'
import { openRepository, requireWorktree } from '@/server/git/repository'
import { planRewind } from '@/server/git/rewind'
import { deleteSnapshot, findSnapshot, takeSnapshot } from '@/server/git/snapshot'
import { deleteRef } from '@/server/git/store'
import type { ApplyResult, Repository, Store } from '@/server/git/types'
import { readUndoFacts, undoBranch, undoStash } from '@/server/git/undo'
import type { Effect } from '@/server/services/operation-draft'
import type { Outcome } from '@/server/services/operation-state'

export type Ground = {
  operationId: string
  repository: Repository
  store: Store
  /** Commit of this operation's own snapshot. */
  snapshotSha: string | null
}

/** Ignored files that a fork needs to run; everything else ignored is left behind. */
const COPIED_INTO_FORKS = ['.env*']

/** `again`: a worker before us may have done some of it. */
export async function applyEffect(ground: Ground, effect: Effect, again: boolean): Promise<Outcome> {
  const { store, repository } = ground
  switch (effect.type) {
    case 'files': {
      const input = { store, repository: requireWorktree(repository), plan: effect.plan, snapshotSha: own(ground) }
      return toOutcome(again ? await resolveInterrupted({ ...input, goal: 'after' }) : await applyRewind(input))
    }
    case 'preserve_branch': {
      const snapshotSha = effect.snapshotSha ?? own(ground)
      const made = await preserveAsBranch({ store, repository, snapshotSha, name: effect.name })
      return { type: 'branch', name: made.branch, sha: made.sha }
    }
    case 'preserve_stash': {
      const { stashSha } = await preserveAsStash({
        store,
        repository: requireWorktree(repository),
        snapshotSha: effect.snapshotSha ?? own(ground),
        message: stashMessage(ground, effect.message),
      })
      return { type: 'stash', sha: stashSha }
    }
    case 'create_branch': {
      const made = await createBranch({ store, repository, sha: effect.sha, name: effect.name })
      return { type: 'branch', name: made.branch, sha: made.sha }
    }
    case 'remove_branch': {
      const result = await undoBranch({ repository, branch: effect.name, sha: effect.sha })
      return { type: 'gone', kept: result.removed ? null : result.reason, snapshot: null }
    }
    case 'remove_stash': {
      await undoStash({ repository: requireWorktree(repository), stashSha: effect.sha })
      return { type: 'gone', kept: null, snapshot: null }
    }
    case 'create_fork':
      return addFork(ground, effect)
    case 'remove_fork':
      return dropFork(ground, effect)
    case 'capture':
      return capture(ground, effect.message)
  }
}

/**
 * Brings back what was before the effect, done wholly, in part or not at all. Answers with what could not be, as sentences:
 * a path that a person edited after a crash is left as they made it.
 */
export async function revertEffect(ground: Ground, effect: Effect, outcome: Outcome | undefined): Promise<string[]> {
  const { store, repository } = ground
  switch (effect.type) {
    case 'files': {
      const input = { store, repository: requireWorktree(repository), plan: effect.plan, snapshotSha: own(ground) }
      const result = await resolveInterrupted({ ...input, goal: 'before' })
      const failed = result.results.filter((entry) => entry.outcome === 'failed')
      return failed.map((entry) => `${displayPath(entry.path)} was edited meanwhile and was left as it is.`)
    }
    case 'preserve_branch':
    case 'preserve_stash':
    case 'create_branch': {
      // Without its outcome nobody knows the commit that was made. Making it is repeatable and tells.
      const made = outcome ?? (await applyEffect(ground, effect, true).catch(noneIfRefused))
      if (made === null) return []
      if (made.type === 'branch') await undoBranch({ repository, branch: made.name, sha: made.sha })
      if (made.type === 'stash') await undoStash({ repository: requireWorktree(repository), stashSha: made.sha })
      return []
    }
    case 'remove_branch':
      await createBranch({ store, repository, sha: effect.sha, name: effect.name })
      return []
    case 'remove_stash': {
      const { snapshotSha, message } = effect
      const worktree = requireWorktree(repository)
      await preserveAsStash({ store, repository: worktree, snapshotSha, message: stashMessage(ground, message) })
      return []
    }
    case 'create_fork':
      // One that was left by a kill while the files were laid out says nothing of what is there now.
      await deleteSnapshot(store, forkSnapshot(ground))
      await dropFork({ ...ground, operationId: forkSnapshot(ground) }, effect)
      await deleteSnapshot(store, forkSnapshot(ground))
      return []
    case 'remove_fork': {
      const taken = await findSnapshot(store, ground.operationId)
      await addFork(ground, { ...effect, filesSha: taken?.commitSha ?? null })
      return []
    }
    case 'capture':
      await deleteRef(store, captureRef(ground))
      return []
  }
}

/** What is refused now was refused before: then nothing of ours is there. Any other failure may be over at the next try. */
function noneIfRefused(error: unknown): null {
  if (isAppError(error) && error.code !== 'git_failed' && error.code !== 'internal') return null
  throw error
}

function own(ground: Ground): string {
  if (ground.snapshotSha) return ground.snapshotSha
  throw new AppError('internal', 'Files were to be changed without a snapshot of them.')
}

function toOutcome(result: ApplyResult): Outcome {
  const failed = result.results.filter((entry) => entry.outcome === 'failed')
  return {
    type: 'files',
    tree: result.treeSha,
    changed: result.results.filter((entry) => entry.outcome === 'done').length,
    kept: result.results.filter((entry) => entry.outcome === 'kept').length,
    failed: failed.map(({ path, reason }) => ({ path, reason: reason ?? 'It did not come out as planned.' })),
  }
}

/** Entries are found again by their message after a crash, so it names its operation. */
function stashMessage(ground: Ground, message: string): string {
  return `${message} [${ground.operationId.slice(-6)}]`
}

type CreateFork = Extract<Effect, { type: 'create_fork' }>

async function addFork(ground: Ground, effect: Omit<CreateFork, 'type'>): Promise<Outcome> {
  const { store } = ground
  const made = await createFork({
    store,
    repository: requireWorktree(ground.repository),
    sha: effect.sha,
    branch: effect.branch,
    folder: effect.folder,
    copyIgnored: COPIED_INTO_FORKS,
  })
  if (effect.filesSha) await layOut(ground, made, effect.filesSha, effect.sha)
  return { type: 'fork', folder: effect.folder, branch: made.branch, sha: made.sha }
}

/**
 * Fills a worktree that is being made with the files it had when it was taken away. The folder may still be there, whole or
 * in part: what is neither as it was then nor as it was made was edited since and stays.
 */
async function layOut(ground: Ground, made: Fork, filesSha: string, madeOf: string): Promise<void> {
  const { store } = ground
  const repository = requireWorktree(await openRepository(made.folder))
  const facts = await readUndoFacts({ store, repository, snapshotSha: filesSha, afterTree: madeOf })
  const missing = facts.differences.filter((change) => change.from === null).map((change) => change.path)
  const result = planRewind(facts, { includeOthers: true, includePaths: [...missing, ...made.copied] })
  if (!result.ok) throw new AppError('git_failed', result.reason)
  const snapshot = await takeSnapshot(store, repository, forkSnapshot(ground))
  await applyRewind({ store, repository, plan: result.plan, snapshotSha: snapshot.commitSha })
  await deleteSnapshot(store, forkSnapshot(ground))
}

function forkSnapshot(ground: Ground): string {
  return `${ground.operationId}-fork`
}

async function dropFork(
  ground: Ground,
  effect: { folder: string; branch: string | null; sha: string },
): Promise<Outcome> {
  const { folder, sha, branch } = effect
  const result = await removeFork({
    store: ground.store,
    repository: requireWorktree(ground.repository),
    fork: { folder, branch, sha },
    operationId: ground.operationId,
  })
  const taken = await findSnapshot(ground.store, ground.operationId)
  return {
    type: 'gone',
    kept: result.reason ?? null,
    snapshot: taken ? { sha: taken.commitSha, tree: taken.treeSha } : null,
  }
}

/** Named by the operation, not by its number: an import may give that number to another checkpoint meanwhile. */
function captureRef(ground: Ground): string {
  return join('refs/checkpoints/by-operation', ground.operationId)
}

async function capture(ground: Ground, message: string): Promise<Outcome> {
  const { store, repository } = ground
  const taken = await captureWorktree({
    store,
    repository: requireWorktree(repository),
    ref: captureRef(ground),
    message,
  })
  return {
    type: 'capture',
    commitSha: taken.commitSha,
    treeSha: taken.treeSha,
    baseHead: taken.baseHead,
    branch: taken.branch,
    files: taken.filesChanged,
    additions: taken.additions,
    deletions: taken.deletions,
    notCovered: taken.notCovered.map(({ path, reason, detail }) => ({ path, reason: detail ?? reason })),
  }
}
