// Answers what the ignore rules of another state would have left out. A file that was ignored then is missing from the
// checkpoint for that reason only: deleting it "because the checkpoint lacks it" is how other products lost people's files.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { runGit } from './git'
import { listTreeRecursive, openObjectReader } from './objects'
import { encodePath, isSafePath, joinPaths, splitPaths } from './paths'
import { privateIndex } from './private-index'
import type { RewindFacts, Store, WorktreeRepository } from './types'

/** Paths the target lacks and its own ignore rules cover. Asked only when an ignore file differs. */
export async function findIgnoredThen(
  store: Store,
  repository: WorktreeRepository,
  targetTree: string,
  differences: RewindFacts['differences'],
): Promise<string[]> {
  const absent = differences.filter((change) => change.to === null).map((change) => change.path)
  if (absent.length === 0 || !differences.some((change) => isIgnoreFile(change.path))) return []
  const index = privateIndex(store, repository)
  const folder = await mkdtemp(join(index.folder, 'rules-'))
  const reader = openObjectReader(store)
  try {
    for await (const entry of listTreeRecursive(store, targetTree)) {
      if (!isIgnoreFile(entry.path) || entry.type !== 'blob' || entry.mode === '120000' || !isSafePath(entry.path))
        continue
      const rules = await reader.read(entry.sha)
      const file = Buffer.concat([Buffer.from(`${folder}/`), encodePath(entry.path)])
      await mkdir(Buffer.from(dirname(file.toString('latin1')), 'latin1'), { recursive: true })
      await writeFile(file, rules?.data ?? '')
    }
    const { stdout } = await runGit(['check-ignore', '--no-index', '-z', '--stdin'], {
      ...index.git,
      workTree: folder,
      cwd: folder,
      // This command knows no literal mode; a leading "./" keeps names such as ":(top)x" from being understood.
      env: { GIT_LITERAL_PATHSPECS: '0' },
      input: joinPaths(absent.map((path) => `./${path}`)),
      okCodes: [0, 1],
    })
    return splitPaths(stdout).map((path) => path.slice(2))
  } finally {
    reader.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function isIgnoreFile(path: string): boolean {
  return path === '.gitignore' || path.endsWith('/.gitignore')
}
