// Owns `preserveMode`: the state before a rewind as a branch or as a stash entry of the user's. HEAD, index and files stay.
import { copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@/server/errors'
import { checkBranchName, createBranch } from './branch'
import { gitText, openSimpleGit, runGit } from './git'
import { joinPaths, splitNul, splitPaths } from './paths'
import { privateIndex } from './private-index'
import { listObjects } from './snapshot'
import { copyObjects } from './transfer'
import type { Repository, Store, WorktreeRepository } from './types'

/** The first free `makima/<task>-before-rewind-<n>`. */
export async function defaultBranchName(repository: Repository, task: string): Promise<string> {
  const slug =
    task
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40) || 'task'
  for (let n = 1; n < 10_000; n++) {
    const name = `makima/${slug}-before-rewind-${n}`
    const free = await checkBranchName(repository, name).then(
      () => true,
      () => false,
    )
    if (free) return name
  }
  throw new AppError(
    'conflict',
    `There are too many branches named makima/${slug}-before-rewind-…. Delete some of them.`,
  )
}

/**
 * A branch at the snapshot. Safe to call again.
 * @throws AppError `invalid` (malformed), `conflict` (taken), `not_found` (snapshot gone).
 */
export function preserveAsBranch(input: {
  store: Store
  repository: Repository
  snapshotSha: string
  name: string
}): Promise<{ branch: string; sha: string }> {
  return createBranch({ ...input, sha: input.snapshotSha })
}

/**
 * An entry in the user's stash, made of the snapshot in the very shape `git stash push -u` gives it, so that `git stash pop`
 * brings everything back, untracked files too. Safe to call again: an entry with this message and these files is the answer.
 * @throws AppError `precondition_failed` in a repository without commits: git itself cannot stash there.
 */
export async function preserveAsStash(input: {
  store: Store
  repository: WorktreeRepository
  snapshotSha: string
  message: string
}): Promise<{ stashSha: string }> {
  const { store, repository, snapshotSha } = input
  const message = input.message.replace(/\s+/g, ' ').trim() || 'makima'
  const head = await gitText(['rev-parse', '--verify', '-q', `${snapshotSha}^1`], { gitDir: store.path }).catch(
    () => null,
  )
  if (!head) {
    throw new AppError(
      'precondition_failed',
      'This repository has no commit yet, so git cannot stash in it. Choose a branch instead.',
    )
  }
  const trees = await buildTrees(store, repository, snapshotSha, head)
  const existing = await findStash(repository, message, trees.worktree)
  if (existing) return { stashSha: existing }
  const commit = (tree: string, parents: string[], text: string) =>
    gitText(['commit-tree', ...parents.flatMap((parent) => ['-p', parent]), tree], {
      gitDir: store.path,
      input: `${text}\n`,
    })
  const index = await commit(trees.index, [head], `index on ${message}`)
  const untracked = trees.untracked ? await commit(trees.untracked, [], `untracked files on ${message}`) : null
  const stashSha = await commit(trees.worktree, [head, index, ...(untracked ? [untracked] : [])], message)
  const commits = [stashSha, index, ...(untracked ? [untracked] : [])]
  await copyObjects(store, repository, [...(await listObjects(store, commits))])
  await openSimpleGit(repository.topLevel).raw(['stash', 'store', '-m', message, stashSha])
  return { stashSha }
}

async function findStash(repository: WorktreeRepository, message: string, tree: string): Promise<string | null> {
  const list = await openSimpleGit(repository.topLevel).raw(['stash', 'list', '--format=%H %T %gs'])
  for (const line of list.split('\n')) {
    const [sha = '', found = '', ...words] = line.split(' ')
    if (found === tree && words.join(' ') === message) return sha
  }
  return null
}

/** The three trees of a stash: what is staged, what tracked files look like, and the untracked files on their own. */
async function buildTrees(store: Store, repository: WorktreeRepository, snapshotSha: string, head: string) {
  const own = privateIndex(store, repository)
  const file = (name: string) => join(own.folder, `stash-${name}.index`)
  const [staged, worktree, untracked] = [file('staged'), file('worktree'), file('untracked')]
  const at = (indexFile: string) => ({ ...own.git, indexFile })
  const writeTree = (indexFile: string) => gitText(['write-tree'], at(indexFile))
  try {
    const copied = await copyFile(join(repository.gitDir, 'index'), staged).then(
      () => true,
      () => false,
    )
    // A merge in progress has no single staged tree; HEAD's stands in for it.
    const index = copied ? await writeTree(staged).catch(() => null) : null
    if (index === null) await runGit(['read-tree', head], at(staged))
    const tracked = new Set(splitPaths((await runGit(['ls-files', '-z'], at(staged))).stdout))
    await runGit(['read-tree', snapshotSha], at(worktree))
    const entries = splitNul((await runGit(['ls-files', '-s', '-z'], at(worktree))).stdout)
    const loose = entries.filter((line) => !tracked.has(pathOf(line)))
    if (loose.length > 0) {
      await runGit(['update-index', '--force-remove', '-z', '--stdin'], {
        ...at(worktree),
        input: joinPaths(loose.map(pathOf)),
      })
      const files = loose.filter((line) => !line.subarray(0, 6).equals(GITLINK))
      const lines = files.flatMap((line) => [line, NUL])
      await runGit(['update-index', '-z', '--index-info'], { ...at(untracked), input: Buffer.concat(lines) })
    }
    return {
      index: index ?? (await gitText(['rev-parse', `${head}^{tree}`], { gitDir: store.path })),
      worktree: await writeTree(worktree),
      untracked: loose.length > 0 ? await writeTree(untracked) : null,
    }
  } finally {
    await Promise.all([staged, worktree, untracked].map((path) => rm(path, { force: true })))
  }
}

function pathOf(line: Buffer): string {
  return splitPaths(line.subarray(line.indexOf(9) + 1))[0] ?? ''
}

const GITLINK = Buffer.from('160000')
const NUL = Buffer.from([0])
