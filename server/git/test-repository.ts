// Real temporary repositories for the tests of this folder.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { lstatSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openRepository, requireWorktree } from './repository'
import { openStore } from './store'
import type { Store, WorktreeRepository } from './types'

export interface TestWorld {
  /** The temporary folder that holds everything. */
  root: string
  folder: string
  storesDir: string
  git(...args: string[]): string
  write(path: string, content: string | Buffer): void
  read(path: string): string
  remove(path: string): void
  exists(path: string): boolean
  commit(message: string): string
  open(): Promise<{ repository: WorktreeRepository; store: Store }>
  cleanup(): void
}

/** A repository with one commit (unless `empty`), in a folder of its own. */
export function createWorld(options: { objectFormat?: 'sha1' | 'sha256'; empty?: boolean } = {}): TestWorld {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'makima-git-')))
  const folder = join(root, 'project')
  mkdirSync(folder)
  runTestGit(folder, 'init', '-q', '-b', 'main', `--object-format=${options.objectFormat ?? 'sha1'}`)
  const world: TestWorld = {
    root,
    folder,
    storesDir: join(root, 'stores'),
    git: (...args) => runTestGit(folder, ...args),
    write(path, content) {
      const file = join(folder, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
    },
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    remove: (path) => rmSync(join(folder, path), { recursive: true, force: true }),
    exists: (path) => lstatSync(join(folder, path), { throwIfNoEntry: false }) !== undefined,
    commit(message) {
      runTestGit(folder, 'add', '-A')
      runTestGit(folder, 'commit', '-q', '--allow-empty', '-m', message)
      return runTestGit(folder, 'rev-parse', 'HEAD')
    },
    async open() {
      const repository = requireWorktree(await openRepository(folder))
      return { repository, store: await openStore(world.storesDir, 'repository', repository) }
    },
    cleanup: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
  }
  if (!options.empty) {
    world.write('readme.md', 'hello\n')
    world.write('src/a.txt', 'a\n')
    world.write('src/b.txt', 'b\n')
    world.commit('first')
  }
  return world
}

/** Git as the user runs it, without the machine's own settings. */
export function runTestGit(folder: string, ...args: string[]): string {
  return execFileSync('git', ['-c', 'gc.auto=0', ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...({} as NodeJS.ProcessEnv),
      PATH: process.env.PATH,
      HOME: folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: 'Ann',
      GIT_AUTHOR_EMAIL: 'ann@example.org',
      GIT_COMMITTER_NAME: 'Ann',
      GIT_COMMITTER_EMAIL: 'ann@example.org',
      GIT_ALLOW_PROTOCOL: 'file',
    },
  }).trimEnd()
}

/** Every file below a folder (without `.git`) with kind, executable bit and content: for exact comparison. */
export function readFiles(folder: string): Record<string, string> {
  const files: Record<string, string> = {}
  const walk = (at: Buffer, prefix: string) => {
    for (const name of readdirSync(at, { encoding: 'buffer' }) as Buffer[]) {
      const text = name.toString('latin1')
      if (text === '.git') continue
      const path = Buffer.concat([at, Buffer.from('/'), name])
      const facts = lstatSync(path)
      if (facts.isSymbolicLink()) files[prefix + text] = `link:${readlinkSync(path)}`
      else if (facts.isDirectory()) walk(path, `${prefix}${text}/`)
      else if (facts.isFile())
        files[prefix + text] = `${facts.mode & 0o100 ? 'x' : '-'}:${readFileSync(path).toString('latin1')}`
    }
  }
  walk(Buffer.from(folder), '')
  return files
}

/** All that belongs to the user in `.git`: HEAD, refs, index entries, stash, settings. Equal before and after means untouched. */
export function readUserState(folder: string): Record<string, string> {
  const quiet = (...args: string[]) => {
    try {
      return runTestGit(folder, ...args)
    } catch (error) {
      return String((error as { status?: number }).status)
    }
  }
  const gitDir = quiet('rev-parse', '--absolute-git-dir')
  return {
    head: readFileSync(join(gitDir, 'HEAD'), 'utf8'),
    refs: quiet('for-each-ref'),
    index: quiet('ls-files', '-s', '-v'),
    indexBytes: readIndex(gitDir),
    stash: quiet('stash', 'list'),
    config: readFileSync(
      join(
        quiet('rev-parse', '--git-common-dir').startsWith('/')
          ? quiet('rev-parse', '--git-common-dir')
          : join(folder, quiet('rev-parse', '--git-common-dir')),
        'config',
      ),
      'utf8',
    ),
    worktrees: quiet('worktree', 'list', '--porcelain'),
  }
}

function readIndex(gitDir: string): string {
  try {
    return readFileSync(join(gitDir, 'index')).toString('base64')
  } catch {
    return ''
  }
}
