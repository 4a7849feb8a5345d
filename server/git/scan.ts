// Brings the private index level with the files on disk and names its tree. Reads the user's files, writes only in the store.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@/server/errors'
import { parseRawAndNumstat } from './diff-output'
import { absolutePath, lookAt } from './disk-state'
import { classify, type Found, findChanges } from './find-changes'
import { GitError, type GitOptions, makePrivateFolder, requireGit, runGit } from './git'
import { displayPath, joinPaths, splitNul, splitPaths } from './paths'
import {
  type AheadEntry,
  clearStaleGitLock,
  type IndexState,
  listGitlinks,
  type PrivateIndex,
  readState,
  seedIndex,
  signature,
  takeInAhead,
  writeExcludes,
} from './private-index'
import { writeQuickTree } from './quick-tree'
import type { CaptureLimits, ChangedFile, NotCovered, Store, WorktreeRepository } from './types'

const IGNORED_SHOWN = 200
const IGNORED_FRESH_MS = 10 * 60_000

/** How a capture is compared with the one before it. */
export const COUNTING = ['--no-ext-diff', '--no-textconv', '--no-renames', '--raw', '--numstat', '-z']

export interface Scan {
  treeSha: string
  /** What differs from the last capture, or from `compareWith`, when that could be told beside the work. */
  changes: { since: string; files: ChangedFile[] } | null
  notCovered: NotCovered[]
  state: IndexState
}

export interface ScanOptions extends CaptureLimits {
  /** True compares with the last capture while the tree is written. */
  count?: boolean
  /** A commit or tree to compare with instead, without counting lines. */
  compareWith?: string
  /** True when most of what changed is in the store already, as after a rewind. */
  known?: boolean
}

/** Reads the whole worktree into the private index. The caller holds the lock and writes the returned state. */
export async function scanWorktree(
  store: Store,
  repository: WorktreeRepository,
  index: PrivateIndex,
  limits: ScanOptions,
): Promise<Scan> {
  const deadline = Date.now() + (limits.timeoutMs ?? 120_000)
  const timed = (): PrivateIndex => ({ ...index, git: { ...index.git, timeoutMs: remaining(deadline) } })
  await makePrivateFolder(index.folder)
  await clearStaleGitLock(index)
  const [state, ignoreSignature, userIndexSignature, objectsSignature, present] = await Promise.all([
    readState(index, repository.topLevel),
    writeExcludes(index, repository),
    signature(join(repository.gitDir, 'index')),
    signature(join(repository.commonDir, 'objects/pack')),
    signature(index.indexFile),
  ])
  const userMoved = state.userIndexSignature !== userIndexSignature
  const fresh = present === 'none' || (repository.sparse && userMoved)
  const seed = async (rehash: boolean) => {
    await seedIndex(timed(), repository, rehash)
    state.gitlinks = await listGitlinks(timed())
  }
  if (fresh) await seed(repository.converts)
  const rulesMoved = fresh || state.ignoreSignature !== ignoreSignature

  const round = async (rules: boolean): Promise<string> => {
    if (!(await isLevel(index, state))) state.ahead = []
    let found = await findChanges(timed(), repository.topLevel, state.gitlinks, limits)
    if (needsAhead(repository.topLevel, state.ahead, found)) {
      await takeInAhead(timed(), store.objectFormat, state.ahead)
      found = await findChanges(timed(), repository.topLevel, state.gitlinks, limits)
    }
    notCovered = found.notCovered
    const rulesChanged = rules || [...found.changed, ...found.removed].some((path) => /(^|\/)\.gitignore$/.test(path))
    const quick = rulesChanged || userMoved ? null : await readQuickly(store, repository, index, state, found)
    if (quick === null) {
      await updateIndex(limits.known ? timed() : await inOnePack(timed(), found), found)
      state.ahead = []
      const removed = new Set(found.removed)
      state.gitlinks = state.gitlinks.filter((path) => !removed.has(path))
    }
    if (rulesChanged || Date.now() - state.ignoredAt > IGNORED_FRESH_MS) {
      state.ignored = await summariseIgnored(timed())
      state.ignoredAt = Date.now()
    }
    if (quick !== null) return quick
    const name = () => nameTree(timed(), repository, state, limits)
    const asks = rulesChanged || userMoved
    // Rules seldom move anything, so the tree is named meanwhile; named anew when they did.
    const [named, forced, held] = await Promise.all([
      name(),
      asks ? listForced(timed(), repository) : null,
      asks ? listHeld(timed()) : [],
    ])
    const isMoved = forced !== null && (await applyIgnoreRules(timed(), forced, held, repository))
    state.forced = forced ?? state.forced
    const { tree, files } = isMoved ? await name() : named
    changes = files
    state.tree = tree
    return tree
  }
  let changes: Scan['changes'] = null
  let notCovered: NotCovered[] = []
  let treeSha = await round(rulesMoved).catch(async (error: unknown) => {
    if (!(error instanceof GitError)) throw error
    // The private index is damaged, or names borrowed objects that the user pruned: build it again from the files.
    await seed(true)
    return round(true)
  })
  const prunedMaybe =
    !repository.partial && state.objectsSignature !== null && state.objectsSignature !== objectsSignature
  if (prunedMaybe && (await lacksObjects(store, treeSha, remaining(deadline)))) {
    await seed(true)
    treeSha = await round(true)
  }
  Object.assign(state, { ignoreSignature, userIndexSignature, objectsSignature })
  state.indexSignature = await signature(index.indexFile)
  const submodules: NotCovered[] = state.gitlinks.map((path) => ({ path: `${path}/`, reason: 'submodule' }))
  const pointers = await listLfsPointers(repository)
  return { treeSha, changes, notCovered: [...notCovered, ...submodules, ...pointers, ...state.ignored], state }
}

/** True while the index is as we left it, its tree written. */
async function isLevel(index: PrivateIndex, state: IndexState): Promise<boolean> {
  return state.tree !== null && state.indexSignature === (await signature(index.indexFile))
}

/**
 * True when something the last capture held beyond the index is passed over now: it grew too large, lies in a repository of
 * its own, is ignored. Git keeps what its index has then, so the index has to have it.
 */
function needsAhead(topLevel: string, ahead: AheadEntry[], found: Found): boolean {
  if (ahead.length === 0) return false
  const listed = new Set(found.changed)
  const passed = found.notCovered.map((entry) => entry.path)
  return ahead.some(({ path, file, added }) => {
    if (passed.some((other) => path === other || (other.endsWith('/') && path.startsWith(other)))) return true
    return file !== null && added && !listed.has(path) && isThere(absolutePath(topLevel, path))
  })
}

function isThere(bytes: Buffer): boolean {
  try {
    return lookAt(bytes) !== undefined
  } catch {
    // In a folder that may not be entered any more.
    return true
  }
}

/** The tree without another process, while the index is level and little differs from it; null when git must do it. */
async function readQuickly(
  store: Store,
  repository: WorktreeRepository,
  index: PrivateIndex,
  state: IndexState,
  found: Found,
): Promise<string | null> {
  if (!(await isLevel(index, state))) return null
  const { changed, removed } = found
  if (changed.length + removed.length === 0) {
    state.ahead = []
    return state.tree
  }
  // Where the disk does not tell a file's kind the index does; and a submodule that goes has to go there too.
  if (!repository.fileMode || !repository.symlinks || removed.some((path) => found.gitlinks.has(path))) return null
  const { topLevel } = repository
  const quick = await writeQuickTree({ store, topLevel, indexFile: index.indexFile, changed, removed })
  if (quick) state.ahead = [...quick.files].map(([path, file]) => ({ path, file, added: found.added.has(path) }))
  return quick?.sha ?? null
}

async function updateIndex(index: PrivateIndex, found: Found): Promise<void> {
  if (found.removed.length > 0) {
    await runGit(['update-index', '--force-remove', '-z', '--stdin'], { ...index.git, input: joinPaths(found.removed) })
  }
  await addPaths(index, found.changed, found)
}

/** From this many files on one pack is written: a file of its own for each costs several times the work. */
const PACKED_FROM = 50

async function inOnePack(index: PrivateIndex, found: Found): Promise<PrivateIndex> {
  if (found.changed.length < PACKED_FROM) return index
  const { major, minor } = await requireGit()
  // Older ones begin a pack for every file.
  if (major === 2 && minor < 37) return index
  const config = { ...index.git.config, 'core.bigFileThreshold': '1', 'core.compression': '1' }
  return { ...index, git: { ...index.git, config } }
}

/** One unreadable file must not cost the others: a failing batch is halved until the culprit stands alone. */
async function addPaths(index: PrivateIndex, paths: string[], found: Found): Promise<void> {
  if (paths.length === 0) return
  try {
    await runGit(['update-index', '--add', '--remove', '--replace', '-z', '--stdin'], {
      ...index.git,
      input: joinPaths(paths),
    })
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    if (/no space left|disk quota|unable to write/i.test(error.stderr)) {
      throw new AppError(
        'git_failed',
        'The capture could not be stored: the disk of the data folder is full. Free some space and try again.',
        {
          cause: error,
        },
      )
    }
    if (paths.length === 1 && paths[0] !== undefined) {
      found.notCovered.push({
        path: paths[0],
        reason: 'unreadable',
        detail: `git cannot read ${displayPath(paths[0])}`,
      })
      return
    }
    const half = Math.ceil(paths.length / 2)
    await addPaths(index, paths.slice(0, half), found)
    await addPaths(index, paths.slice(half), found)
  }
}

/** What the user tracks although a rule ignores it. */
async function listForced(index: PrivateIndex, repository: WorktreeRepository): Promise<string[]> {
  const { stdout } = await runGit(['ls-files', '-c', '-i', '-z', '--exclude-standard'], {
    ...index.git,
    gitDir: repository.gitDir,
    indexFile: join(repository.gitDir, 'index'),
    okCodes: [0, 128],
  })
  return splitPaths(stdout)
}

/** What the private index holds although a rule ignores it. */
async function listHeld(index: PrivateIndex): Promise<string[]> {
  const { stdout } = await runGit(['ls-files', '-c', '-i', '-z', '--exclude-standard'], index.git)
  return splitPaths(stdout)
}

/** Files that became ignored leave the index, unless the user tracks them. Tells whether the index was changed. */
async function applyIgnoreRules(
  index: PrivateIndex,
  forced: string[],
  held: string[],
  repository: WorktreeRepository,
): Promise<boolean> {
  const [there, tracked] = [new Set(held), new Set(forced)]
  const removed = held.filter((path) => !tracked.has(path))
  const found: Found = { changed: [], added: new Set(), removed, notCovered: [], gitlinks: new Set() }
  for (const path of forced) if (!there.has(path)) classify(repository.topLevel, path, {}, found)
  await updateIndex(index, found)
  return found.changed.length + found.removed.length > 0
}

async function summariseIgnored(index: PrivateIndex): Promise<NotCovered[]> {
  const { stdout } = await runGit(['ls-files', '-o', '-i', '-z', '--exclude-standard', '--directory'], index.git)
  const paths = splitPaths(stdout)
  const shown: NotCovered[] = paths.slice(0, IGNORED_SHOWN).map((path) => ({ path, reason: 'ignored' }))
  const rest = paths.length - shown.length
  if (rest > 0) shown.push({ path: '', reason: 'ignored', detail: `and ${rest} more` })
  return shown
}

/** Git checks that all objects are there, unless the clone is partial: then some never are. */
async function writeTree(index: PrivateIndex, partial: boolean): Promise<string> {
  return (await runGit(['write-tree', ...(partial ? ['--missing-ok'] : [])], index.git)).stdout.toString().trim()
}

/** Names the tree of the index and, beside it, what differs from the last capture or from what was asked for. */
async function nameTree(
  index: PrivateIndex,
  { partial }: WorktreeRepository,
  { lastCommit }: IndexState,
  { count, compareWith }: ScanOptions,
): Promise<{ tree: string; files: Scan['changes'] }> {
  const since = compareWith ?? (count ? lastCommit : null)
  const [tree, files] = await Promise.all([
    writeTree(index, partial),
    since === null ? null : compareIndex(index, since, compareWith ? ['--no-renames', '--raw', '-z'] : COUNTING),
  ])
  return { tree, files: files && since !== null ? { since, files } : null }
}

/** A process beside `write-tree`, which holds the same entries, costs nothing. Null: not to be told. */
async function compareIndex(index: PrivateIndex, since: string, how: string[]): Promise<ChangedFile[] | null> {
  const { code, stdout } = await runGit(['diff-index', '--cached', '--no-ext-diff', ...how, since], {
    ...index.git,
    okCodes: [0, 128],
  })
  return code === 0 ? parseRawAndNumstat(stdout) : null
}

async function lacksObjects(store: Store, tree: string, timeoutMs: number): Promise<boolean> {
  const options: GitOptions = { gitDir: store.path, timeoutMs }
  const listed = await runGit(['ls-tree', '-r', '-t', '-z', tree], { ...options, okCodes: [0, 128] })
  if (listed.code !== 0) return true
  const shas = new Set<string>()
  for (const line of splitNul(listed.stdout)) {
    const [, type, sha = ''] = line.subarray(0, line.indexOf(9)).toString('latin1').split(' ')
    if (type !== 'commit') shas.add(sha)
  }
  if (shas.size === 0) return false
  const checked = await runGit(['cat-file', '--batch-check=%(objecttype)'], {
    ...options,
    input: `${[...shas].join('\n')}\n`,
  })
  return checked.stdout.includes(' missing')
}

/** Files that LFS would replace but has not: the capture holds the pointer, not the content. */
async function listLfsPointers(repository: WorktreeRepository): Promise<NotCovered[]> {
  if (!repository.converts) return []
  const attributes = await readFile(join(repository.topLevel, '.gitattributes'), 'utf8').catch(() => '')
  if (!attributes.includes('filter=lfs')) return []
  const { stdout } = await runGit(['ls-files', '-z', '--', ':(attr:filter=lfs)'], {
    gitDir: repository.gitDir,
    workTree: repository.topLevel,
    env: { GIT_LITERAL_PATHSPECS: '0' },
    okCodes: [0, 128],
  })
  const pointers: NotCovered[] = []
  for (const path of splitPaths(stdout)) {
    const bytes = absolutePath(repository.topLevel, path)
    const facts = lookAt(bytes)
    if (!facts?.isFile() || facts.size > 1024) continue
    const text = await readFile(bytes, 'latin1').catch(() => '')
    if (text.startsWith('version https://git-lfs'))
      pointers.push({ path, reason: 'lfs_pointer', detail: 'only the LFS pointer is held' })
  }
  return pointers
}

function remaining(deadline: number): number {
  const left = deadline - Date.now()
  if (left <= 0) throw new AppError('git_failed', 'The capture took too long and was given up. Nothing was changed.')
  return left
}
