// A repository of many small files, and git as a person runs it there.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom, words } from './random'

export type BenchRepository = {
  folder: string
  /** Paths of all files, in an order that spreads neighbours over folders. */
  paths: string[]
  git: (args: string[], env?: Record<string, string>) => string
  /** Gives the first `count` files contents that no file ever had. */
  edit: (count: number) => void
  /** The state of the last commit, with an index that knows it. */
  reset: () => Promise<void>
}

const BYTES = 4_000

/** Makes `folder` with so many files of about 4 kB in nested folders, committed and packed. */
export async function createRepository(folder: string, files: number): Promise<BenchRepository> {
  const random = createRandom(11)
  const paths = Array.from(
    { length: files },
    (_, n) => `src/area-${n % 25}/part-${Math.floor(n / 25) % 10}/file-${n}.ts`,
  )
  let edits = 0
  const write = (path: string) => {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `// ${edits++}\n${words(random, BYTES / 6)}\n`)
  }
  const git = (args: string[], env: Record<string, string> = {}) =>
    execFileSync('git', args, {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...({} as NodeJS.ProcessEnv), PATH: process.env.PATH, HOME: folder, ...IDENTITY, ...env },
    }).trimEnd()
  mkdirSync(folder, { recursive: true })
  git(['init', '-q', '-b', 'main'])
  for (const path of paths) write(path)
  // Straight into one pack, as in a clone: thousands of loose objects deleted a moment ago slow some disks down for minutes.
  git(['-c', 'core.bigFileThreshold=1', 'add', '-A'])
  git(['commit', '-q', '-m', 'all files'])
  const reset = async () => {
    git(['checkout', '-f', '-q', 'HEAD', '--', '.'])
    git(['clean', '-fdq'])
    // Files written in the same second as the index are read again by every status until the index is younger.
    await sleep(1_100)
    git(['update-index', '-q', '--really-refresh'])
  }
  await reset()
  return { folder, paths, git, reset, edit: (count) => paths.slice(0, count).forEach(write) }
}

const IDENTITY = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
}
