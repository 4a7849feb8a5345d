// Copies objects from the store into the user's repository, for the few things a person asks for by name. No fetch: nothing of
// the user's settings (remotes, rewritten addresses, hooks) takes part, and no ref is written here.
import { join } from 'node:path'
import { AppError } from '@/server/errors'
import { gitText, runGit } from './git'
import { listObjects } from './snapshot'
import { readTreeSha } from './store'
import type { Repository, Store } from './types'

/**
 * Makes a commit of the store readable in the user's repository and returns its sha there. When git has pruned the history it
 * stood on, a commit with the same files and no parents is made instead.
 * @throws AppError `not_found` when the files themselves are gone.
 */
export async function copyCommit(store: Store, repository: Repository, sha: string): Promise<string> {
  const target = (await hasHistory(repository, store, sha)) ? sha : await withoutHistory(store, sha)
  const objects = await listObjects(store, [target])
  if (objects.size === 0)
    throw new AppError(
      'not_found',
      `The files of ${sha.slice(0, 10)} are neither in Makima’s own store on this machine nor in the repository any more.`,
    )
  await copyObjects(store, repository, [...objects])
  return target
}

/** Copies single objects; those the user has already are left out. */
export async function copyObjects(store: Store, repository: Repository, shas: string[]): Promise<void> {
  const missing = await listMissing(repository, shas)
  if (missing.length === 0) return
  const packed = await runGit(['pack-objects', '--stdout', '-q', '--delta-base-offset'], {
    gitDir: store.path,
    input: `${missing.join('\n')}\n`,
    maxBytes: 8 * 1024 * 1024 * 1024,
  }).catch((error: unknown) => {
    throw new AppError(
      'not_found',
      'Some of these files are neither in Makima’s own store on this machine nor in the repository any more.',
      { cause: error },
    )
  })
  const few = missing.length < 100
  await runGit(few ? ['unpack-objects', '-q'] : ['index-pack', '--stdin', '--fix-thin'], {
    gitDir: store.path,
    // Written with the store's harmless settings, into the user's object folder.
    env: { GIT_OBJECT_DIRECTORY: join(repository.commonDir, 'objects') },
    input: packed.stdout,
  })
}

async function listMissing(repository: Repository, shas: string[]): Promise<string[]> {
  const { stdout } = await runGit(['cat-file', '--batch-check=%(objectname)'], {
    gitDir: repository.gitDir,
    input: `${shas.join('\n')}\n`,
  })
  return stdout
    .toString()
    .split('\n')
    .filter((line) => line.endsWith(' missing'))
    .map((line) => line.slice(0, line.indexOf(' ')))
}

/** Whether all parents of the commit are still in the user's repository. */
async function hasHistory(repository: Repository, store: Store, sha: string): Promise<boolean> {
  const header =
    (await gitText(['cat-file', 'commit', sha], { gitDir: store.path }).catch(() => '')).split('\n\n', 1)[0] ?? ''
  const parents = [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map((match) => match[1] ?? '')
  if (parents.length === 0) return true
  const walked = await runGit(['rev-list', '--max-count=1', '--objects', '--no-walk', ...parents], {
    gitDir: repository.gitDir,
    okCodes: [0, 1, 128],
  })
  return walked.code === 0
}

/** The same files and message as a commit of its own. Its dates are the old one's, so that making it twice gives one commit. */
async function withoutHistory(store: Store, sha: string): Promise<string> {
  const options = { gitDir: store.path }
  const tree = await readTreeSha(store, sha)
  const text = await gitText(['cat-file', 'commit', sha], options)
  const seconds = /^committer .* (\d+ [+-]\d+)$/m.exec(text)?.[1] ?? '0 +0000'
  const message = text.slice(text.indexOf('\n\n') + 2)
  const env = { GIT_AUTHOR_DATE: seconds, GIT_COMMITTER_DATE: seconds }
  return gitText(['commit-tree', tree], { ...options, env, input: `${message}\n` })
}
