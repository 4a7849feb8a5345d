// Takes a worktree away that git itself finds without unsaved work; its branch stays.
import { access } from 'node:fs/promises'
import { runGit } from './git'
import { openRepository } from './repository'

/** False when it stays: something in it is not committed, or git does not know the folder. Gone already counts as taken away. */
export async function removeCleanWorktree(folder: string): Promise<boolean> {
  const isThere = await access(folder).then(
    () => true,
    () => false,
  )
  if (!isThere) return true
  const repository = await openRepository(folder).catch(() => null)
  if (!repository) return false
  const { code } = await runGit(['worktree', 'remove', '--', folder], {
    gitDir: repository.commonDir,
    cwd: repository.commonDir,
    okCodes: [0, 1, 128],
  })
  return code === 0
}
