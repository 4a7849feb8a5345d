// Reads the state of single paths straight from the disk, as git would name it. No index, no ignore rules, no symlink followed.
import { createHash } from 'node:crypto'
import { createReadStream, lstatSync, readFileSync, readlinkSync, type Stats } from 'node:fs'
import { encodePath } from './paths'
import type { FileState, ObjectFormat } from './types'

const STREAM_ABOVE = 16 * 1024 * 1024

/** How the worktree and its repository tell files apart. */
export interface DiskFacts {
  topLevel: string
  objectFormat: ObjectFormat
  /** False where the disk has no executable bit: then the bit never counts as a difference. */
  fileMode: boolean
}

/** The bytes of an absolute path inside the worktree. */
export function absolutePath(topLevel: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${topLevel}/`), encodePath(path)])
}

/** What lies at an absolute path, symlinks not followed; undefined when nothing does, or when a parent is no folder. */
export function lookAt(path: Buffer): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined
    throw error
  }
}

/**
 * True when every folder above the path is a real folder of the worktree: only then is writing or deleting there safe.
 * @param seen remembers folders within one pass over many paths that only reads; leave it out before anything is written
 */
export function hasRealParents(topLevel: string, path: string, seen?: Map<string, boolean>): boolean {
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const folder = path.slice(0, at)
    const isReal = seen?.get(folder) ?? lookAt(absolutePath(topLevel, folder))?.isDirectory() ?? false
    seen?.set(folder, isReal)
    if (!isReal) return false
  }
  return true
}

/** What lies at a path: a file, a symlink, or nothing (a folder counts as nothing; `other` is a pipe or device). `seen`: see `hasRealParents`. */
export async function readDiskState(
  disk: DiskFacts,
  path: string,
  seen?: Map<string, boolean>,
): Promise<FileState | null | 'other'> {
  if (!hasRealParents(disk.topLevel, path, seen)) return null
  const file = absolutePath(disk.topLevel, path)
  const facts = lookAt(file)
  if (!facts || facts.isDirectory()) return null
  if (facts.isSymbolicLink()) {
    return { mode: '120000', sha: hashBlob(disk.objectFormat, readlinkSync(file, { encoding: 'buffer' }) as Buffer) }
  }
  if (!facts.isFile()) return 'other'
  const mode = facts.mode & 0o100 ? '100755' : '100644'
  if (facts.size <= STREAM_ABOVE) return { mode, sha: hashBlob(disk.objectFormat, readFileSync(file)) }
  const hash = createHash(disk.objectFormat).update(`blob ${facts.size}\0`)
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return { mode, sha: hash.digest('hex') }
}

/** Equal for the purposes of this disk. */
export function sameState(disk: DiskFacts, a: FileState | null | 'other', b: FileState | null): boolean {
  if (a === 'other') return false
  if (a === null || b === null) return a === b
  if (a.sha !== b.sha) return false
  const plain = (mode: string) => (!disk.fileMode && mode === '100755' ? '100644' : mode)
  return plain(a.mode) === plain(b.mode)
}

function hashBlob(format: ObjectFormat, content: Buffer): string {
  return createHash(format).update(`blob ${content.length}\0`).update(content).digest('hex')
}
