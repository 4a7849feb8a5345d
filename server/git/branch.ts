// Owns branches that a person asks for by name in their own repository. Never checked out, never moved once they exist.
import { AppError } from '@/server/errors'
import { runGit } from './git'
import { copyCommit } from './transfer'
import type { Repository, Store } from './types'

/**
 * @throws AppError `invalid` when git does not allow the name, `conflict` when it is taken (or is a folder of other branches).
 */
export async function checkBranchName(repository: Repository, name: string): Promise<void> {
  await requireBranchFormat(name)
  const taken = await findTaken(repository, name)
  if (taken) {
    throw new AppError(
      'conflict',
      `A branch named ${taken.name} exists already, so ${name} cannot be made. Choose another name.`,
    )
  }
}

/** @throws AppError `invalid` when git does not allow the name. */
export async function requireBranchFormat(name: string): Promise<void> {
  const { code } = await runGit(['check-ref-format', `refs/heads/${name}`], { cwd: '/', okCodes: [0, 1] })
  if (code !== 0 || name.startsWith('-') || name === 'HEAD' || name.includes('\0')) {
    throw new AppError('invalid', `"${name}" cannot be the name of a branch. Use letters, digits, dashes and slashes.`)
  }
}

/**
 * Makes `refs/heads/<name>` at a checkpoint in the user's repository, copying the objects it needs. Safe to call again: a
 * branch that already stands at the wanted commit is the answer, not an error.
 * @throws AppError `invalid`, `conflict` (name taken), `not_found` (files pruned).
 */
export async function createBranch(input: {
  store: Store
  repository: Repository
  sha: string
  name: string
}): Promise<{ branch: string; sha: string }> {
  const { store, repository, name } = input
  await requireBranchFormat(name)
  const taken = await findTaken(repository, name)
  const sha = await copyCommit(store, repository, input.sha)
  if (taken?.name === name && taken.sha === sha) return { branch: name, sha }
  await checkBranchName(repository, name)
  const nothing = '0'.repeat(sha.length)
  // The old value "nothing" makes git refuse if somebody made the name in this very moment.
  await runGit(
    ['update-ref', '--create-reflog', '-m', 'makima: branch from a checkpoint', `refs/heads/${name}`, sha, nothing],
    {
      gitDir: repository.gitDir,
    },
  ).catch((error: unknown) => {
    throw new AppError('conflict', `The branch ${name} could not be made: a name like it was taken just now.`, {
      cause: error,
    })
  })
  return { branch: name, sha }
}

async function findTaken(repository: Repository, name: string): Promise<{ name: string; sha: string } | null> {
  const parts = name.split('/')
  const above = parts.map((_, n) => `refs/heads/${parts.slice(0, n + 1).join('/')}`)
  const { stdout } = await runGit(
    ['for-each-ref', '--format=%(objectname) %(refname:lstrip=2)', `refs/heads/${name}/`, ...above],
    {
      gitDir: repository.gitDir,
    },
  )
  for (const line of stdout.toString().split('\n').filter(Boolean)) {
    const found = { sha: line.slice(0, line.indexOf(' ')), name: line.slice(line.indexOf(' ') + 1) }
    // A pattern also matches what lies below it; only the name itself, its folders as branches, and branches inside it clash.
    if (found.name === name || name.startsWith(`${found.name}/`) || found.name.startsWith(`${name}/`)) return found
  }
  return null
}
