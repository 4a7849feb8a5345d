// Owns the private index of a worktree inside the store: where it lies, how it is seeded, what is remembered about it.
import { createHash } from 'node:crypto'
import { copyFile, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type GitOptions, makePrivateFolder, runGit } from './git'
import { encodePath, joinPaths, splitNul, splitPaths } from './paths'
import type { FileState, NotCovered, ObjectFormat, Store, WorktreeRepository } from './types'

/** Files of ours that may lie in a worktree for a moment; no capture ever takes them. */
export const TEMPORARY_PREFIX = '.makima-tmp-'

export interface IndexState {
  topLevel: string
  /** Last capture of this worktree, as a commit. */
  lastCommit: string | null
  /** Its tree. */
  lastTree: string | null
  /** The last captured tree of which nothing is borrowed any more. */
  ownedTree: string | null
  /** Tree of the index, valid while the index file still has `indexSignature`. */
  tree: string | null
  indexSignature: string | null
  userIndexSignature: string | null
  ignoreSignature: string | null
  /** Changes when the user repacks or prunes: borrowed objects may be gone. */
  objectsSignature: string | null
  /** What the last tree holds beyond the index: captured without git, which has not taken it in yet. */
  ahead: AheadEntry[]
  gitlinks: string[]
  /** Ignored by rule, yet tracked by the user. */
  forced: string[]
  ignored: NotCovered[]
  ignoredAt: number
}

export interface AheadEntry {
  path: string
  /** Null for a path that is gone. */
  file: FileState | null
  /** True when the index does not have the path. */
  added: boolean
}

export interface PrivateIndex {
  folder: string
  indexFile: string
  excludeFile: string
  lockFile: string
  /** Ref in the store that keeps the last capture of this worktree alive. */
  keepRef: string
  /** How git sees the user's files through our store. */
  git: GitOptions
}

export function privateIndex(store: Store, repository: WorktreeRepository): PrivateIndex {
  const key = createHash('sha256').update(repository.topLevel).digest('hex').slice(0, 16)
  const folder = join(store.path, 'makima', key)
  const indexFile = join(folder, 'index')
  const excludeFile = join(folder, 'exclude')
  return {
    folder,
    indexFile,
    excludeFile,
    lockFile: join(folder, 'lock'),
    keepRef: `refs/makima/worktrees/${key}`,
    git: {
      gitDir: store.path,
      workTree: repository.topLevel,
      indexFile,
      config: {
        'core.excludesFile': excludeFile,
        'core.fileMode': String(repository.fileMode),
        'core.symlinks': String(repository.symlinks),
        'core.sparseCheckout': String(repository.sparse),
        'core.preloadIndex': 'true',
        'index.threads': 'true',
      },
    },
  }
}

export async function readState(index: PrivateIndex, topLevel: string): Promise<IndexState> {
  const empty: IndexState = {
    topLevel,
    lastCommit: null,
    lastTree: null,
    ownedTree: null,
    tree: null,
    indexSignature: null,
    userIndexSignature: null,
    ignoreSignature: null,
    objectsSignature: null,
    ahead: [],
    gitlinks: [],
    forced: [],
    ignored: [],
    ignoredAt: 0,
  }
  try {
    return {
      ...empty,
      ...(JSON.parse(await readFile(join(index.folder, 'state.json'), 'utf8')) as Partial<IndexState>),
    }
  } catch {
    // Missing or torn: everything in it can be found again.
    return empty
  }
}

export async function writeState(index: PrivateIndex, state: IndexState): Promise<void> {
  const file = join(index.folder, 'state.json')
  await writeFile(`${file}.tmp`, JSON.stringify(state), { mode: 0o600 })
  await rename(`${file}.tmp`, file)
}

/** Changes whenever the file is written. */
export async function signature(path: string): Promise<string> {
  const facts = await stat(path, { bigint: true }).catch(() => null)
  return facts ? `${facts.ino}:${facts.size}:${facts.mtimeNs}` : 'none'
}

/** A killed process may leave git's own lock behind; we hold ours, so after a moment nobody can own it any more. */
export async function clearStaleGitLock(index: PrivateIndex): Promise<void> {
  const lock = `${index.indexFile}.lock`
  for (let n = 0; n < 20; n++) {
    const facts = await stat(lock).catch(() => null)
    if (!facts) return
    await sleep(50)
  }
  await rm(lock, { force: true })
}

/** Ignore rules from outside the tree: the person's global ones, the repository's info/exclude, and our own temporary files. */
export async function writeExcludes(index: PrivateIndex, repository: WorktreeRepository): Promise<string> {
  const sources = [
    join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'git/ignore'),
    join(repository.commonDir, 'info/exclude'),
  ]
  const texts = await Promise.all(sources.map((path) => readFile(path).catch(() => Buffer.alloc(0))))
  const parts = texts.flatMap((text) => [text, Buffer.from('\n')])
  const content = Buffer.concat([...parts, Buffer.from(`${TEMPORARY_PREFIX}*\n`)])
  const hash = createHash('sha256').update(content).digest('hex')
  const present = await readFile(index.excludeFile).catch(() => null)
  if (!present?.equals(content)) await writeFile(index.excludeFile, content, { mode: 0o600 })
  return hash
}

/**
 * Fills the private index from a copy of the user's, so that only what differs is hashed.
 * With `rehash` nothing the user's git believes about files on disk is taken over.
 */
export async function seedIndex(index: PrivateIndex, repository: WorktreeRepository, rehash: boolean): Promise<void> {
  await makePrivateFolder(index.folder)
  await rm(index.indexFile, { force: true })
  const source = join(repository.gitDir, 'index')
  const draft = `${index.indexFile}.seed`
  const copied = await copyIndex(source, draft)
  if (!copied || !(await isReadable(index, draft))) {
    await rm(draft, { force: true })
    if (repository.head.sha) await runGit(['read-tree', repository.head.sha], { ...index.git, indexFile: draft })
  } else if (rehash) {
    await dropFileFacts(index, draft)
  } else {
    await clearAssumeUnchanged(index, draft)
  }
  await rename(draft, index.indexFile).catch(() => {})
}

async function copyIndex(source: string, target: string): Promise<boolean> {
  try {
    const before = await stat(source)
    await copyFile(source, target)
    // Git rereads files that are as young as the index. A copy that looks younger than the original would hide an edit
    // made in the same moment; one that looks older only costs hashing.
    const seconds = Math.floor(before.mtimeMs / 1000)
    await utimes(target, seconds, seconds)
    return true
  } catch {
    return false
  }
}

/** A split index, or one of a newer git, cannot be read away from its folder. */
async function isReadable(index: PrivateIndex, file: string): Promise<boolean> {
  const { code } = await runGit(['ls-files', '-z', '--error-unmatch', '--', '.makima-no-such-file'], {
    ...index.git,
    indexFile: file,
    okCodes: [0, 1, 128],
  })
  return code === 1
}

async function clearAssumeUnchanged(index: PrivateIndex, file: string): Promise<void> {
  const { stdout } = await runGit(['ls-files', '-v', '-z'], { ...index.git, indexFile: file })
  const hidden = splitPaths(stdout).filter((line) => /^[a-z] /.test(line))
  if (hidden.length === 0) return
  const paths = hidden.map((line) => line.slice(2))
  await runGit(['update-index', '--no-assume-unchanged', '-z', '--stdin'], {
    ...index.git,
    indexFile: file,
    input: joinPaths(paths),
  })
}

async function dropFileFacts(index: PrivateIndex, file: string): Promise<void> {
  const options = { ...index.git, indexFile: file }
  const [staged, tagged] = await Promise.all([
    runGit(['ls-files', '-s', '-z'], options),
    runGit(['ls-files', '-t', '-z'], options),
  ])
  await rm(file)
  await runGit(['update-index', '-z', '--index-info'], { ...options, input: staged.stdout })
  const skipped = splitPaths(tagged.stdout).filter((line) => line.startsWith('S '))
  if (skipped.length === 0) return
  const input = joinPaths(skipped.map((line) => line.slice(2)))
  await runGit(['update-index', '--skip-worktree', '-z', '--stdin'], { ...options, input })
}

/** Brings the index level with the last capture: from then on git alone tells what becomes of those paths. */
export async function takeInAhead(index: PrivateIndex, objectFormat: ObjectFormat, ahead: AheadEntry[]): Promise<void> {
  const gone = { mode: '0', sha: '0'.repeat(objectFormat === 'sha256' ? 64 : 40) }
  const lines = ahead.flatMap(({ path, file }) => {
    const { mode, sha } = file ?? gone
    return [Buffer.from(`${mode} ${sha} 0\t`), encodePath(path), NUL]
  })
  await runGit(['update-index', '--replace', '-z', '--index-info'], { ...index.git, input: Buffer.concat(lines) })
}

/** Submodules in the private index. */
export async function listGitlinks(index: PrivateIndex): Promise<string[]> {
  const { stdout } = await runGit(['ls-files', '-s', '-z'], index.git)
  const links = splitNul(stdout).filter((line) => line.subarray(0, 6).equals(GITLINK))
  return splitPaths(Buffer.concat(links.flatMap((line) => [line.subarray(line.indexOf(9) + 1), NUL])))
}

const GITLINK = Buffer.from('160000')
const NUL = Buffer.from([0])
