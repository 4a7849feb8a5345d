// Makes a commit of the user's history a checkpoint of ours. Nothing is copied: the files that hold its objects are linked,
// or borrowed where that cannot be.
import { AppError } from '@/server/errors'
import { runGit } from './git'
import { ownObjects, ownTree } from './own'
import { readTreeSha, setRef } from './store'
import type { Store } from './types'

/**
 * Points `ref` (`checkpointRef(…)`) at a commit of the user's repository.
 * @throws AppError `not_found` when git has pruned the commit or its files.
 */
export async function adoptCommit(
  store: Store,
  ref: string,
  sha: string,
): Promise<{ commitSha: string; treeSha: string }> {
  const { code, stdout } = await runGit(['rev-parse', '--verify', '-q', '--end-of-options', `${sha}^{commit}`], {
    gitDir: store.path,
    okCodes: [0, 1, 128],
  })
  if (code !== 0) {
    throw new AppError(
      'not_found',
      `The commit ${sha.slice(0, 10)} is not in the repository: it was never fetched, or git has pruned it.`,
    )
  }
  const commitSha = stdout.toString().trim()
  const treeSha = await readTreeSha(store, commitSha)
  await setRef(store, ref, commitSha)
  ownObjects(store, [commitSha])
  await ownTree(store, null, treeSha)
  return { commitSha, treeSha }
}

/** Which of these commits the repository still has: one process for any number. */
export async function findExistingCommits(store: Store, shas: string[]): Promise<Set<string>> {
  const wanted = shas.filter((sha) => /^[0-9a-f]{4,64}$/.test(sha))
  if (wanted.length === 0) return new Set()
  const { stdout } = await runGit(['cat-file', '--batch-check=%(objectname) %(objecttype)'], {
    gitDir: store.path,
    input: `${wanted.join('\n')}\n`,
  })
  const lines = stdout.toString().split('\n')
  return new Set(wanted.filter((_, n) => lines[n]?.endsWith(' commit')))
}

/** Points many refs at commits at once; all of the commits must exist. */
export async function adoptCommits(store: Store, entries: Array<{ ref: string; sha: string }>): Promise<void> {
  if (entries.length === 0) return
  for (const { ref, sha } of entries) {
    if (!/^refs\/checkpoints\/[A-Za-z0-9/_-]+$/.test(ref) || !/^[0-9a-f]{40,64}$/.test(sha)) {
      throw new AppError('invalid', `"${ref}" at "${sha}" is not a checkpoint.`)
    }
  }
  await runGit(['update-ref', '--stdin'], {
    gitDir: store.path,
    input: entries.map(({ ref, sha }) => `update ${ref} ${sha}\n`).join(''),
  })
  // Their files lie in the same packs, as a rule; what does not is packed next.
  ownObjects(
    store,
    entries.map(({ sha }) => sha),
  )
}
