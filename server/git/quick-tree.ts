// Names the tree of a few changed files without a process: base is the private index, which stays as it is. What is out of
// the ordinary in any way is left to git, so that there is one set of rules and this is only its shortest path.
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { absolutePath, hasRealParents } from './disk-state'
import { FOLDER_MODE, type FolderEntries, type IndexEntry, readIndexFolders } from './index-file'
import { hasObjects } from './object-presence'
import { hashObject, type LooseObject, writeObjects } from './loose'
import { encodePath, isSafePath } from './paths'
import type { FileState, Store } from './types'

/** Every capture reads these files anew until git takes them into the index, so they must be few and small. */
const FILES = 16
const BYTES = 4 * 1024 * 1024
/** Beyond, looking for the neighbours one by one takes longer than git does. */
const NEIGHBOURS = 2_000

export interface QuickInput {
  store: Store
  topLevel: string
  indexFile: string
  /** Paths that differ from the index and are there, or are not there any more. */
  changed: readonly string[]
  removed: readonly string[]
}

export interface QuickTree {
  sha: string
  /** The state of each path in it. */
  files: Map<string, FileState | null>
}

/** The tree, with everything it names in the store; null when git has to do it. */
export async function writeQuickTree(input: QuickInput): Promise<QuickTree | null> {
  const { store, topLevel, changed, removed } = input
  if (changed.length + removed.length > FILES) return null
  if (![...changed, ...removed].every(isPlain)) return null
  const index = readFileSync(input.indexFile)
  const files = readSmallFiles(topLevel, changed)
  if (!files) return null
  const blobs = files.map(({ content }) => hashObject(store, 'blob', content))
  const states = new Map<string, FileState | null>(removed.map((path) => [path, null]))
  for (const [n, { mode }] of files.entries()) states.set(changed[n] ?? '', { mode, sha: blobs[n]?.sha ?? '' })
  const changes = new Map([...states].map(([path, file]) => [spell(path), toEntry(file)]))
  const folders = new Set<string>([''])
  for (const path of changes.keys()) for (const folder of parentsOf(path)) folders.add(folder)
  const base = readIndexFolders(index, store.objectFormat === 'sha256' ? 32 : 20, folders)
  const built = base && buildTrees(store, base, folders, changes)
  if (!built) return null
  const fresh = new Set([...blobs, ...built.trees].map(({ sha }) => sha))
  const neighbours = new Set([...built.named].filter((sha) => !fresh.has(sha)))
  // Borrowed objects may have been pruned since. Git looks for them before it writes a tree, and so do we.
  if (neighbours.size > NEIGHBOURS || !hasObjects(store, neighbours)) return null
  await writeObjects(store, [...blobs, ...built.trees])
  return { sha: built.sha, files: states }
}

function toEntry(file: FileState | null): IndexEntry | null {
  return file && { mode: Number.parseInt(file.mode, 8), sha: file.sha }
}

/** No name that git might refuse to add. */
function isPlain(path: string): boolean {
  return isSafePath(path) && !path.endsWith('/') && !path.includes('\\')
}

/** Bytes as they are on disk, in the spelling of the index. */
function spell(path: string): string {
  return encodePath(path).toString('latin1')
}

function parentsOf(path: string): string[] {
  const parents: string[] = []
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) parents.push(path.slice(0, at))
  return parents
}

interface SmallFile {
  mode: string
  content: Buffer
}

function readSmallFiles(topLevel: string, paths: readonly string[]): SmallFile[] | null {
  const files: SmallFile[] = []
  let left = BYTES
  for (const path of paths) {
    const file = hasRealParents(topLevel, path) ? readSmallFile(absolutePath(topLevel, path), left) : null
    if (!file) return null
    files.push(file)
    left -= file.content.length
  }
  return files
}

/** Null for anything but a regular file of at most `limit` bytes that nobody shortens or lengthens meanwhile. */
function readSmallFile(path: Buffer, limit: number): SmallFile | null {
  let handle: number
  try {
    handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch {
    return null
  }
  try {
    const facts = fstatSync(handle)
    if (!facts.isFile() || facts.size > limit) return null
    // One byte more than there should be tells whether it grows.
    const content = Buffer.alloc(facts.size + 1)
    let size = 0
    for (let read = -1; read !== 0 && size < content.length; size += read)
      read = readSync(handle, content, size, content.length - size, null)
    if (size !== facts.size) return null
    return { mode: (facts.mode & 0o100) !== 0 ? '100755' : '100644', content: content.subarray(0, size) }
  } finally {
    closeSync(handle)
  }
}

interface Built {
  sha: string
  trees: LooseObject[]
  /** All that the new trees name. */
  named: Set<string>
}

/** Deepest folders first, so that each finds its subfolders done. Null when a file stands where a folder must be, or the reverse. */
function buildTrees(
  store: Store,
  base: Map<string, FolderEntries>,
  folders: ReadonlySet<string>,
  changes: ReadonlyMap<string, IndexEntry | null>,
): Built | null {
  const trees: LooseObject[] = []
  const named = new Set<string>()
  const entriesOf = (folder: string) => {
    const entries: FolderEntries = base.get(folder) ?? new Map()
    base.set(folder, entries)
    return entries
  }
  const depth = (folder: string) => (folder === '' ? 0 : folder.split('/').length)
  const changesIn = groupByFolder(changes)
  for (const folder of [...folders].sort((a, b) => depth(b) - depth(a))) {
    const entries = entriesOf(folder)
    for (const [name, entry] of changesIn.get(folder) ?? []) {
      if (entries.get(name)?.mode === FOLDER_MODE) return null
      if (entry) entries.set(name, entry)
      else entries.delete(name)
    }
    const [parent, name] = split(folder)
    const above = folder === '' ? null : entriesOf(parent)
    if (above && entries.size === 0) {
      if (above.get(name)?.mode === FOLDER_MODE) above.delete(name)
      continue
    }
    const tree = hashObject(store, 'tree', encodeTree(entries, named))
    trees.push(tree)
    if (!above) return { sha: tree.sha, trees, named }
    const there = above.get(name)
    if (there && there.mode !== FOLDER_MODE) return null
    above.set(name, { mode: FOLDER_MODE, sha: tree.sha })
  }
  return null
}

function groupByFolder(changes: ReadonlyMap<string, IndexEntry | null>): Map<string, [string, IndexEntry | null][]> {
  const groups = new Map<string, [string, IndexEntry | null][]>()
  for (const [path, entry] of changes) {
    const [folder, name] = split(path)
    const group = groups.get(folder) ?? []
    groups.set(folder, group)
    group.push([name, entry])
  }
  return groups
}

function split(path: string): [folder: string, name: string] {
  const slash = path.lastIndexOf('/')
  return [path.slice(0, Math.max(slash, 0)), path.slice(slash + 1)]
}

/** Git sorts folders as if their names ended in a slash. */
function encodeTree(entries: FolderEntries, named: Set<string>): Buffer {
  const lines = [...entries].map(([name, { mode, sha }]) => ({
    key: mode === FOLDER_MODE ? `${name}/` : name,
    head: Buffer.from(`${mode.toString(8)} ${name}\0`, 'latin1'),
    mode,
    sha: sha ?? '',
  }))
  lines.sort((a, b) => (a.key < b.key ? -1 : 1))
  // A submodule's commit is never ours to have.
  for (const { mode, sha } of lines) if (mode !== GITLINK_MODE) named.add(sha)
  return Buffer.concat(lines.flatMap(({ head, sha }) => [head, Buffer.from(sha, 'hex')]))
}

const GITLINK_MODE = 0o160000
