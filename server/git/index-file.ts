// Reads a git index file without a process: the entries of some folders, as a tree object would name them. Never writes one.

/** One line of a tree object. `sha` is null for a folder that was asked for itself: its own entries say more. */
export interface IndexEntry {
  mode: number
  sha: string | null
}

export const FOLDER_MODE = 0o40000

/** Names are byte strings (latin1), as in the index. */
export type FolderEntries = Map<string, IndexEntry>

interface CachedTree {
  sha: string | null
  folders: Map<string, CachedTree>
}

const STAGE = 0x3000
const EXTENDED = 0x4000
const INTENT_TO_ADD = 0x2000

/**
 * What lies directly in each of `folders` ('' is the root; a folder's parents must be in the set too). Folders the index does
 * not have are missing from the answer. Null when the index holds what no tree can be told from without git: conflicts,
 * entries only announced, a split or sparse index, folders whose tree was not written yet.
 */
export function readIndexFolders(
  index: Buffer,
  hashBytes: number,
  folders: ReadonlySet<string>,
): Map<string, FolderEntries> | null {
  try {
    return readFolders(index, hashBytes, folders)
  } catch (error) {
    // Cut off in the middle: git will say what is wrong with it.
    if (error instanceof RangeError) return null
    throw error
  }
}

function readFolders(index: Buffer, hashBytes: number, folders: ReadonlySet<string>) {
  if (index.toString('latin1', 0, 4) !== 'DIRC') return null
  const version = index.readUInt32BE(4)
  if (version < 2 || version > 4) return null
  const found = new Map<string, FolderEntries>([['', new Map()]])
  let at = 12
  let path = ''
  let skipped: string | null = null
  for (let left = index.readUInt32BE(8); left > 0; left--) {
    const start = at
    const mode = index.readUInt32BE(at + 24)
    at += 40 + hashBytes
    const flags = index.readUInt16BE(at)
    at += 2
    if ((flags & STAGE) !== 0 || mode === FOLDER_MODE) return null
    if ((flags & EXTENDED) !== 0) {
      if ((index.readUInt16BE(at) & INTENT_TO_ADD) !== 0) return null
      at += 2
    }
    let kept = 0
    if (version === 4) {
      const [strip, next] = readVarint(index, at)
      kept = path.length - strip
      at = next
    }
    const end = index.indexOf(0, at)
    if (end === -1 || kept < 0) return null
    path = path.slice(0, kept) + index.toString('latin1', at, end)
    at = version === 4 ? end + 1 : start + ((end - start + 8) & ~7)
    if (skipped !== null && path.startsWith(skipped)) continue
    skipped = addEntry(found, folders, path, { mode, sha: index.toString('hex', start + 40, start + 40 + hashBytes) })
  }
  const root = readCachedTrees(index, at, hashBytes)
  return root && nameFolders(found, root) ? found : null
}

/** Answers with the folder whose other entries need not be looked at, if any. */
function addEntry(
  found: Map<string, FolderEntries>,
  folders: ReadonlySet<string>,
  path: string,
  entry: IndexEntry,
): string | null {
  let folder = ''
  for (;;) {
    const from = folder === '' ? 0 : folder.length + 1
    const slash = path.indexOf('/', from)
    let entries = found.get(folder)
    if (!entries) found.set(folder, (entries = new Map()))
    if (slash === -1) {
      entries.set(path.slice(from), entry)
      return null
    }
    entries.set(path.slice(from, slash), { mode: FOLDER_MODE, sha: null })
    folder = path.slice(0, slash)
    if (!folders.has(folder)) return `${folder}/`
  }
}

/** Trees of the folders that were not asked for, as git noted them when it last wrote the tree of this index. */
function readCachedTrees(index: Buffer, from: number, hashBytes: number): CachedTree | null {
  const end = index.length - hashBytes
  for (let at = from; at < end; ) {
    const name = index.toString('latin1', at, at + 4)
    const size = index.readUInt32BE(at + 4)
    if (name === 'TREE') return readCachedTree(index, at + 8, hashBytes).tree
    // Split and sparse indexes, and whatever a newer git calls indispensable.
    if (!/^[A-Z]/.test(name)) return null
    at += 8 + size
  }
  return null
}

function readCachedTree(index: Buffer, from: number, hashBytes: number) {
  const name = index.indexOf(0, from)
  const line = index.indexOf(10, name)
  const [count = -1, subtrees = 0] = index
    .toString('latin1', name + 1, line)
    .split(' ')
    .map(Number)
  let at = line + 1
  const tree: CachedTree = { sha: null, folders: new Map() }
  if (count >= 0) {
    tree.sha = index.toString('hex', at, at + hashBytes)
    at += hashBytes
  }
  for (let left = subtrees; left > 0; left--) {
    const child = readCachedTree(index, at, hashBytes)
    tree.folders.set(child.name, child.tree)
    at = child.end
  }
  return { name: index.toString('latin1', from, name), tree, end: at }
}

function nameFolders(found: Map<string, FolderEntries>, root: CachedTree): boolean {
  for (const [folder, entries] of found) {
    let tree: CachedTree | undefined = root
    for (const part of folder === '' ? [] : folder.split('/')) tree = tree?.folders.get(part)
    for (const [name, entry] of entries) {
      if (entry.mode !== FOLDER_MODE || found.has(folder === '' ? name : `${folder}/${name}`)) continue
      entry.sha = tree?.folders.get(name)?.sha ?? null
      if (entry.sha === null) return false
    }
  }
  return true
}

function readVarint(index: Buffer, from: number): [value: number, next: number] {
  let at = from
  let byte = index.readUInt8(at++)
  let value = byte & 127
  while ((byte & 128) !== 0) {
    byte = index.readUInt8(at++)
    value = ((value + 1) << 7) + (byte & 127)
  }
  return [value, at]
}
