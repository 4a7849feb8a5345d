// What a process that was killed while it took a fork's folder away leaves behind, and what a person did there since.
import { lstat, mkdir, readdir, readFile, realpath, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '@/server/errors'
import { readWorktreeTree } from './capture'
import { parseRawAndNumstat } from './diff-output'
import { runGit } from './git'
import { displayPath } from './paths'
import type { Repository, Store, WorktreeRepository } from './types'

/** Git deletes a worktree in any order; without its `.git` file it can neither be read nor be taken away any more. */
export async function mendGitFile(repository: Repository, folder: string): Promise<void> {
  const gitFile = join(folder, '.git')
  if (await lstat(gitFile).catch(() => null)) return
  // Git wrote down the folder's real place; the folder itself may be gone.
  const real = join(await realpath(dirname(folder)), basename(folder), '.git')
  const places = join(repository.commonDir, 'worktrees')
  for (const name of await readdir(places).catch(() => [])) {
    const link = (await readFile(join(places, name, 'gitdir'), 'utf8').catch(() => '')).trim()
    if (link !== gitFile && link !== real) continue
    await mkdir(folder, { recursive: true })
    await writeFile(gitFile, `gitdir: ${join(places, name)}\n`)
    return
  }
}

/**
 * Files may be missing: a process before us took them away. But what came or changed since the snapshot is in no snapshot.
 * @throws AppError `conflict`
 */
export async function requireOnlyMissing(
  store: Store,
  repository: WorktreeRepository,
  snapshotTree: string,
): Promise<void> {
  const now = await readWorktreeTree({ store, repository })
  const { stdout } = await runGit(
    ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-ext-diff', snapshotTree, now.treeSha],
    { gitDir: store.path },
  )
  const changes = parseRawAndNumstat(stdout)
  // Without its rules, files that were ignored look as if they had come.
  const rulesGone = changes.some(({ path, to }) => to === null && /(^|\/)\.gitignore$/.test(path))
  const edited = changes.find(({ from, to }) => to !== null && (from !== null || !rulesGone))
  if (!edited) return
  throw new AppError(
    'conflict',
    `The worktree ${repository.topLevel} was edited while it was being taken away (${displayPath(edited.path)}). It was kept; try again.`,
  )
}
