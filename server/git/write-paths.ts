// Brings given paths of a worktree to given states, and touches nothing else. Contents are staged beside their places first and
// then renamed, so a full disk or a kill never leaves a half-written file, and a reader never sees one.
import {
  chmodSync,
  closeSync,
  fchmodSync,
  fstatSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
} from 'node:fs'
import { rmdirSync, type Stats, symlinkSync, unlinkSync, writeSync } from 'node:fs'
import { AppError } from '@/server/errors'
import { absolutePath, hasRealParents, lookAt } from './disk-state'
import { type ObjectReader, openBulkReader } from './objects'
import { displayPath, isSafePath } from './paths'
import { TEMPORARY_PREFIX } from './private-index'
import type { FileState, Store } from './types'

export interface PathWrite {
  path: string
  /** What is there now; only to save work when nothing but the executable bit differs. */
  from: FileState | null
  /** What shall be there; null deletes. */
  to: FileState | null
}

interface Staged {
  write: PathWrite
  temporary: Buffer | null
}

/**
 * Carries out the writes: stage all contents, then delete, then rename into place. Idempotent.
 * @param tag names the temporary files, so that `clearTemporaryFiles` finds them after a crash
 * @param lastCheck runs once all is staged and nothing is changed yet; may throw to call it off
 * @throws AppError `git_failed` with the path that could not be written; the caller puts things back.
 */
export async function writePaths(
  store: Store,
  topLevel: string,
  writes: PathWrite[],
  tag: string,
  lastCheck: () => void = () => {},
): Promise<void> {
  for (const { path } of writes) {
    if (!isSafePath(path))
      throw new AppError('forbidden', `${displayPath(path)} could reach outside the worktree. Nothing was written.`)
  }
  const staged: Staged[] = []
  try {
    await stageAll(store, topLevel, writes, tag, staged)
    lastCheck()
    deletePaths(topLevel, writes)
    const folders = new Set<string>()
    for (const entry of staged) placeFile(topLevel, entry, folders)
  } catch (error) {
    for (const { temporary } of staged) if (temporary) quietly(() => unlinkSync(temporary))
    throw error
  }
}

/** Removes temporary files a killed process left beside the given paths. */
export function clearTemporaryFiles(topLevel: string, paths: string[], tag: string): void {
  const folders = new Set<string>([''])
  for (const path of paths) {
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) folders.add(path.slice(0, at))
  }
  const prefix = `${TEMPORARY_PREFIX}${tag}-`
  for (const folder of folders) {
    const place = folder === '' ? Buffer.from(topLevel) : absolutePath(topLevel, folder)
    if (folder !== '' && !hasRealParents(topLevel, `${folder}/x`)) continue
    const names = quietly(() => readdirSync(place, { encoding: 'buffer' }) as Buffer[]) ?? []
    for (const name of names) {
      if (name.toString('latin1').startsWith(prefix)) quietly(() => unlinkSync(Buffer.concat([place, SLASH, name])))
    }
  }
}

async function stageAll(
  store: Store,
  topLevel: string,
  writes: PathWrite[],
  tag: string,
  staged: Staged[],
): Promise<void> {
  const folders = new Map<string, boolean>()
  const open: Array<{ path: string; to: FileState; temporary: Buffer }> = []
  for (const [n, write] of writes.entries()) {
    if (write.to === null) continue
    if (onlyModeDiffers(write)) {
      staged.push({ write, temporary: null })
      continue
    }
    const temporary = Buffer.concat([
      stagingFolder(topLevel, write.path, folders),
      Buffer.from(`/${TEMPORARY_PREFIX}${tag}-${n}`),
    ])
    staged.push({ write, temporary })
    open.push({ path: write.path, to: write.to, temporary })
  }
  for (let at = 0; at < open.length; at += AT_ONCE) await stageSome(store, topLevel, open.slice(at, at + AT_ONCE))
}

/** Files that one git process is asked for. Their contents are written as they come, so this costs no memory. */
const AT_ONCE = 4_000

async function stageSome(
  store: Store,
  topLevel: string,
  files: Array<{ path: string; to: FileState; temporary: Buffer }>,
): Promise<void> {
  const reader = openBulkReader(store)
  try {
    const work = files.map(({ path, to, temporary }) => stageFile(reader, topLevel, path, to, temporary))
    reader.finish()
    // All of them, so that none is being written any more when the first failure is told.
    const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
  } finally {
    reader.close()
  }
}

function onlyModeDiffers({ from, to }: PathWrite): boolean {
  return from !== null && to !== null && from.sha === to.sha && from.mode.startsWith('100') && to.mode.startsWith('100')
}

/** The nearest real folder above the path: the same disk as its place, as far as can be known before that exists. */
function stagingFolder(topLevel: string, path: string, known: Map<string, boolean>): Buffer {
  let best = ''
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const folder = path.slice(0, at)
    const real = known.get(folder) ?? lookAt(absolutePath(topLevel, folder))?.isDirectory() ?? false
    known.set(folder, real)
    if (!real) break
    best = folder
  }
  return best === '' ? Buffer.from(topLevel) : absolutePath(topLevel, best)
}

async function stageFile(
  reader: ObjectReader,
  topLevel: string,
  path: string,
  to: FileState,
  temporary: Buffer,
): Promise<void> {
  let file: number | null = null
  try {
    if (to.mode === '120000') {
      const object = await reader.read(to.sha, 1024 * 1024)
      if (!object) throw missingContent(path)
      quietly(() => unlinkSync(temporary))
      symlinkSync(object.data, temporary)
      return
    }
    // Opened when its content comes: thousands may be waiting for theirs.
    const header = await reader.stream(to.sha, (chunk: Buffer) => {
      file ??= openNew(temporary)
      writeFully(file, chunk)
    })
    if (!header) throw missingContent(path)
    file ??= openNew(temporary)
    const present = lookAt(absolutePath(topLevel, path))
    const fresh = fstatSync(file)
    const mode = fileMode(to, present, fresh)
    if ((fresh.mode & 0o777) !== mode) fchmodSync(file, mode)
    keepOwner(topLevel, path, temporary, present)
  } catch (error) {
    quietly(() => unlinkSync(temporary))
    throw explain(error, path)
  } finally {
    if (file !== null) closeSync(file)
  }
}

/** A file of this name was left by a killed process; it is ours. */
function openNew(temporary: Buffer): number {
  try {
    return openSync(temporary, 'wx', 0o666)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    unlinkSync(temporary)
    return openSync(temporary, 'wx', 0o666)
  }
}

function writeFully(file: number, chunk: Buffer): void {
  for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at)
}

/** Read and write bits stay as the person set them; only the executable bit is git's. */
function fileMode(to: FileState, present: Stats | undefined, fresh: Stats): number {
  const base = (present?.isFile() ? present.mode : fresh.mode) & 0o777
  return to.mode === '100755' ? base | ((base & 0o444) >> 2) : base & ~0o111
}

/** Working as root must not take the person's files away from them. */
function keepOwner(topLevel: string, path: string, temporary: Buffer, present: Stats | undefined): void {
  if (process.getuid?.() !== 0) return
  const model = present ?? lstatSync(topLevel)
  if (model.uid !== 0 || model.gid !== 0) lchownSync(temporary, model.uid, model.gid)
}

// Deleting is what can lose work: only planned paths, never through a symlinked folder, never a folder that holds anything.
function deletePaths(topLevel: string, writes: PathWrite[]): void {
  const wanted = new Set<string>()
  for (const { path, to } of writes) {
    if (to === null) continue
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) wanted.add(path.slice(0, at))
  }
  const emptied = new Set<string>()
  for (const { path, to } of writes) {
    if (to !== null || !hasRealParents(topLevel, path)) continue
    const file = absolutePath(topLevel, path)
    const facts = lookAt(file)
    if (!facts || facts.isDirectory()) continue
    try {
      unlinkSync(file)
    } catch (error) {
      throw explain(error, path)
    }
    for (let at = path.lastIndexOf('/'); at !== -1; at = path.lastIndexOf('/', at - 1)) {
      emptied.add(path.slice(0, at))
      if (at === 0) break
    }
  }
  const deepestFirst = [...emptied]
    .filter((folder) => !wanted.has(folder))
    .sort((a, b) => b.split('/').length - a.split('/').length)
  // rmdir refuses a folder that still holds something, ignored files for example: that refusal is the guard.
  for (const folder of deepestFirst) quietly(() => rmdirSync(absolutePath(topLevel, folder)))
}

function placeFile(topLevel: string, { write, temporary }: Staged, folders: Set<string>): void {
  const { path, to } = write
  const file = absolutePath(topLevel, path)
  try {
    makeParents(topLevel, path, folders)
    if (temporary === null) {
      const present = lstatSync(file)
      if (to && present.isFile()) chmodSync(file, fileMode(to, present, present))
      return
    }
    replaceFile(temporary, file)
  } catch (error) {
    throw explain(error, path)
  }
}

function replaceFile(temporary: Buffer, file: Buffer): void {
  try {
    renameSync(temporary, file)
  } catch (error) {
    if (!lookAt(file)?.isDirectory()) throw error
    rmdirTree(file)
    renameSync(temporary, file)
  }
}

/** Folders without a single file do not count as content to git; one with any file stays and fails the rename. */
function rmdirTree(folder: Buffer): void {
  for (const entry of readdirSync(folder, { encoding: 'buffer', withFileTypes: true })) {
    if (entry.isDirectory()) rmdirTree(Buffer.concat([folder, SLASH, entry.name as unknown as Buffer]))
  }
  rmdirSync(folder)
}

/** `known`: folders seen to be real a moment ago, while these files are put in their places. */
function makeParents(topLevel: string, path: string, known: Set<string>): void {
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const name = path.slice(0, at)
    if (known.has(name)) continue
    known.add(name)
    const folder = absolutePath(topLevel, path.slice(0, at))
    const facts = lookAt(folder)
    if (facts?.isDirectory()) continue
    if (facts)
      throw new AppError('git_failed', `${displayPath(path.slice(0, at))} is in the way of ${displayPath(path)}.`)
    mkdirSync(folder)
    keepOwner(topLevel, path, folder, undefined)
  }
}

function missingContent(path: string): AppError {
  return new AppError('git_failed', `The content of ${displayPath(path)} is no longer in the store: git has pruned it.`)
}

function explain(error: unknown, path: string): AppError {
  if (error instanceof AppError) return error
  const code = (error as NodeJS.ErrnoException).code
  const name = displayPath(path)
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError(
      'git_failed',
      `The disk is full: ${name} could not be written. Free some space and try again.`,
      { cause: error },
    )
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new AppError(
      'git_failed',
      `${name} may not be written by this user. Change its permissions and try again.`,
      { cause: error },
    )
  }
  return new AppError('git_failed', `${name} could not be written (${code ?? 'unknown reason'}).`, { cause: error })
}

function quietly<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

const SLASH = Buffer.from('/')
