// Lists refs of a repository; reads only.
import { gitText } from './git'
import type { Repository } from './types'

/** Refs below any of the prefixes, with what they point at. */
export async function listUserRefs(
  repository: Repository,
  prefixes: string[],
): Promise<{ name: string; sha: string }[]> {
  const text = await gitText(['for-each-ref', '--format=%(objectname) %(refname)', '--', ...prefixes], {
    gitDir: repository.gitDir,
  })
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ sha: line.slice(0, line.indexOf(' ')), name: line.slice(line.indexOf(' ') + 1) }))
}
