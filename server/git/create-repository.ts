// Makes a small repository from scratch, for the sample that a newcomer may try everything on.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { runGit } from './git'

export type SampleCommit = {
  message: string
  at: Date
  /** Contents by path; null deletes the file. */
  files: Record<string, string | null>
}

/** Initialises `folder` and commits in order, at the times given. Returns the commits' ids. */
export async function createRepository(folder: string, commits: SampleCommit[]): Promise<string[]> {
  await mkdir(folder, { recursive: true })
  await runGit(['init', '-q', '-b', 'main'], { cwd: folder })
  const shas: string[] = []
  for (const commit of commits) {
    for (const [path, content] of Object.entries(commit.files)) await writeOrDelete(join(folder, path), content)
    const at = commit.at.toISOString()
    const env = {
      GIT_AUTHOR_NAME: 'Sample',
      GIT_AUTHOR_EMAIL: 'sample@localhost',
      GIT_AUTHOR_DATE: at,
      GIT_COMMITTER_NAME: 'Sample',
      GIT_COMMITTER_EMAIL: 'sample@localhost',
      GIT_COMMITTER_DATE: at,
    }
    await runGit(['add', '-A'], { cwd: folder })
    await runGit(['commit', '-q', '-m', commit.message], { cwd: folder, env })
    shas.push((await runGit(['rev-parse', 'HEAD'], { cwd: folder })).stdout.toString().trim())
  }
  return shas
}

async function writeOrDelete(path: string, content: string | null): Promise<void> {
  if (content === null) return rm(path, { force: true })
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
}
