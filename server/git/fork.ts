// Owns forks: a branch at a checkpoint and a worktree of it in the data folder. The origin's files, HEAD and index stay.
import { constants } from 'node:fs'
import { copyFile, lstat, mkdir, readdir, realpath, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '@/server/errors'
import { createBranch } from './branch'
import { mendGitFile, requireOnlyMissing } from './fork-remains'
import { gitText, openSimpleGit, runGit } from './git'
import { isSafePath } from './paths'
import { privateIndex } from './private-index'
import { openRepository, requireWorktree } from './repository'
import { findSnapshot, takeSnapshot } from './snapshot'
import type { NotCovered, Store, WorktreeRepository } from './types'
import { copyCommit } from './transfer'
import { undoBranch } from './undo'

const MAX_COPIED_BYTES = 10 * 1024 * 1024

export interface Fork {
  folder: string
  /** Null when the worktree stands on a commit without a branch. */
  branch: string | null
  /** Where the branch (or HEAD) stands: needed to undo. */
  sha: string
  /** Ignored files that were copied along. */
  copied: string[]
}

export interface ForkInput {
  store: Store
  repository: WorktreeRepository
  sha: string
  /** Name of the branch to make; null for a worktree without one (detached HEAD). */
  branch: string | null
  /** Folder to make, in the data folder; its parent may be missing. */
  folder: string
  /** Ignored files to copy along: relative paths, `*` allowed in the last part (`.env*`). */
  copyIgnored?: string[]
}

/**
 * Makes the branch and the worktree. Safe to call again after a kill in its middle.
 * @throws AppError `invalid`, `conflict` (branch or folder taken), `not_found` (files pruned).
 */
export async function createFork(input: ForkInput): Promise<Fork> {
  const { store, repository, branch, folder } = input
  const standing = await isOurWorktree(repository, folder, branch)
  // A branch that grew in the worktree stays where it is.
  const sha =
    branch === null || standing
      ? await copyCommit(store, repository, input.sha)
      : (await createBranch({ store, repository, sha: input.sha, name: branch })).sha
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 })
  if (standing) await mendGitFile(repository, folder)
  else {
    await clearUnfinished(folder)
    // Without checkout: git would run the repository's own filter programs over the files.
    await openSimpleGit(repository.topLevel)
      .raw(['worktree', 'add', '--no-checkout', ...(branch === null ? ['--detach', folder, sha] : [folder, branch])])
      .catch((error: unknown) => {
        throw new AppError('conflict', `The folder for the fork could not be made. Choose another name for it.`, {
          cause: error,
        })
      })
  }
  await fillWorktree(store, repository, folder, sha)
  const copied = await copyIgnoredFiles(repository.topLevel, folder, input.copyIgnored ?? [])
  return { folder: await realpath(folder), branch, sha, copied }
}

/**
 * Takes a fork away: what was changed there is kept as a snapshot under the operation's name, the folder goes, and the branch
 * goes if it still stands where we made it. Safe to call again; a missing folder is fine.
 * @throws AppError `conflict` when somebody worked in the folder since a first call took its snapshot.
 */
export async function removeFork(input: {
  store: Store
  repository: WorktreeRepository
  fork: Pick<Fork, 'folder' | 'branch' | 'sha'>
  operationId: string
}): Promise<{ snapshotSha: string | null; notCovered: NotCovered[]; branchRemoved: boolean; reason?: string }> {
  const { store, repository, fork, operationId } = input
  const taken = await findSnapshot(store, operationId)
  let snapshotSha = taken?.commitSha ?? null
  let notCovered: NotCovered[] = []
  if ((await isOurWorktree(repository, fork.folder, null)) && (await exists(fork.folder))) {
    await mendGitFile(repository, fork.folder)
    const worktree = requireWorktree(await openRepository(fork.folder))
    if (taken) {
      await requireOnlyMissing(store, worktree, taken.treeSha)
    } else {
      const snapshot = await takeSnapshot(store, worktree, operationId)
      snapshotSha = snapshot.commitSha
      notCovered = snapshot.notCovered
    }
  }
  if (await isOurWorktree(repository, fork.folder, null)) {
    // Deletes the folder with all that is in it: the snapshot above is the guard, and only a fork of ours is ever named here.
    await openSimpleGit(repository.topLevel).raw(['worktree', 'remove', '--force', '--force', fork.folder])
  }
  if (fork.branch === null) return { snapshotSha, notCovered, branchRemoved: false }
  const branch = await undoBranch({ repository, branch: fork.branch, sha: fork.sha })
  return {
    snapshotSha,
    notCovered,
    branchRemoved: branch.removed,
    ...(branch.removed ? {} : { reason: branch.reason }),
  }
}

/** True when git lists the folder as a worktree of this repository (on `branch`, if given). */
async function isOurWorktree(repository: WorktreeRepository, folder: string, branch: string | null): Promise<boolean> {
  const real = await realpath(folder).catch(() => folder)
  const list = await gitText(['worktree', 'list', '--porcelain', '-z'], { gitDir: repository.gitDir })
  return list.split('\0\0').some((block) => {
    const lines = block.split('\0').filter(Boolean)
    const here = lines.includes(`worktree ${real}`) || lines.includes(`worktree ${folder}`)
    return here && real !== repository.topLevel && (branch === null || lines.includes(`branch refs/heads/${branch}`))
  })
}

/** A kill inside `worktree add` may leave a folder with nothing but a `.git` file. */
async function clearUnfinished(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => null)
  if (names === null) return
  if (names.some((name) => name !== '.git')) {
    throw new AppError(
      'conflict',
      `The folder ${folder} exists already and is not empty. Choose another name for the fork.`,
    )
  }
  await rm(folder, { recursive: true })
}

/** Writes the files through the store, byte for byte, and hands git an index that already knows them. */
async function fillWorktree(store: Store, repository: WorktreeRepository, folder: string, sha: string): Promise<void> {
  const gitDir = await gitText(['rev-parse', '--absolute-git-dir'], { cwd: folder })
  if (await exists(join(gitDir, 'index'))) return
  const draft = join(gitDir, 'index.makima')
  const { config } = privateIndex(store, repository).git
  const options = {
    gitDir: store.path,
    workTree: folder,
    indexFile: draft,
    config: { ...config, 'core.sparseCheckout': 'false' },
  }
  await runGit(['read-tree', sha], options)
  await runGit(['checkout-index', '-a', '-f', '-u', '-q'], { ...options, timeoutMs: 600_000 })
  // The index is what says "finished": it comes last.
  await rename(draft, join(gitDir, 'index'))
}

async function copyIgnoredFiles(from: string, to: string, patterns: string[]): Promise<string[]> {
  const copied: string[] = []
  for (const pattern of patterns) {
    if (!isSafePath(pattern)) continue
    const folder = pattern.includes('/') ? dirname(pattern) : ''
    const last = pattern.slice(folder === '' ? 0 : folder.length + 1)
    const expression = new RegExp(
      `^${last
        .split('*')
        .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
        .join('[^/]*')}$`,
    )
    for (const name of await readdir(join(from, folder)).catch(() => [])) {
      const path = join(folder, name)
      const facts = expression.test(name) ? await lstat(join(from, path)).catch(() => null) : null
      if (!facts?.isFile() || facts.size > MAX_COPIED_BYTES || (await exists(join(to, path)))) continue
      await mkdir(join(to, folder), { recursive: true })
      await copyFile(join(from, path), join(to, path), constants.COPYFILE_EXCL)
      copied.push(path)
    }
  }
  return copied
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}
