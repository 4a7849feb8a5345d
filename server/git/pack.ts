// Makes the store outlive the user's pruning: everything its checkpoints need is packed as its own, and garbage goes.
import { createHash } from 'node:crypto'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runGit } from './git'
import { withLock } from './lock'
import { ownObjects } from './own'
import { listRefs } from './store'
import type { Store } from './types'

/** A loose object nothing points to may belong to a capture that is being written; younger than this it stays. */
const GRACE_MS = 60 * 60_000
/** Longer than a capture may take. */
const CAPTURE_MS = 150_000

export interface PackResult {
  /** Objects that are the store's own now. */
  objects: number
  /** Objects that some checkpoint needs and that are nowhere any more; empty when all is well. */
  missing: string[]
  /** True when nothing had changed since the last packing. */
  unchanged: boolean
}

/**
 * Packs the files of every checkpoint and snapshot without borrowing (history before them is left to the user's repository),
 * so that they restore after `git gc --prune=now` there. Meant for the background; captures may run meanwhile.
 */
export function packStore(store: Store): Promise<PackResult> {
  return withLock(join(store.path, 'makima', 'pack.lock'), 1_000, async () => {
    // In this order: a capture that ends before the refs are read is among them, and one that begins later touches what it
    // finds here already, which is seen before anything is removed.
    const [before, loose] = [await listPacks(store), await listLoose(store)]
    await waitForCaptures(store)
    const roots = await listRoots(store)
    const mark = join(store.path, 'makima', 'packed')
    const key = createHash('sha256').update(roots.join('\n')).digest('hex')
    const last = await readFile(mark, 'utf8').catch(() => '')
    if (last === key && before.length > 0) return { objects: 0, missing: [], unchanged: true }
    if (roots.length === 0) return { objects: 0, missing: [], unchanged: true }
    const { objects, missing } = await listNeeded(store, roots)
    if (objects.length === 0) return { objects: 0, missing, unchanged: false }
    const made = await packObjects(store, objects)
    const packed = new Set(objects)
    await whileNoCapture(store, async () => {
      // Many files at once are captured without touching what git finds here already: what came up since is asked for again.
      const since = (await listRoots(store)).filter((root) => !roots.includes(root))
      const relied = new Set((await listNeeded(store, since)).objects.filter((sha) => !packed.has(sha)))
      for (const pack of before) {
        if (pack.name === `pack-${made}`) continue
        if (relied.size > 0 && (await listPacked(store, pack.name)).some((sha) => relied.has(sha))) continue
        await removePack(store, pack)
      }
      const idle = loose.filter(({ sha }) => !relied.has(sha))
      await removeLoose(idle, packed)
    })
    // With a missing object the next run must try again: it may have been captured anew by then.
    if (missing.length === 0) await writeFile(mark, key, { mode: 0o600 })
    return { objects: objects.length, missing, unchanged: false }
  })
}

/**
 * Makes the store's own what checkpoints since the last time borrow still: linked where that can be, else packed. Quick, as
 * it leaves all else as it is; captures may run meanwhile.
 */
export function packBorrowed(store: Store): Promise<PackResult> {
  return withLock(join(store.path, 'makima', 'pack.lock'), 1_000, async () => {
    const mark = join(store.path, 'makima', 'owned')
    const known = new Set((await readFile(mark, 'utf8').catch(() => '')).split('\n'))
    const roots = await listRoots(store)
    const fresh = roots.filter((root) => !known.has(root))
    if (fresh.length === 0) return { objects: 0, missing: [], unchanged: true }
    const { objects, missing } = await listNeeded(store, fresh)
    const borrowed = ownObjects(store, objects)
    if (borrowed.size > 0) await packObjects(store, [...borrowed])
    if (missing.length === 0) await writeFile(mark, roots.join('\n'), { mode: 0o600 })
    return { objects: borrowed.size, missing, unchanged: false }
  })
}

/** A new pack in the store; git writes it to the disk before it names it. @returns its name without `pack-` */
async function packObjects(store: Store, objects: string[]): Promise<string> {
  const { stdout } = await runGit(
    ['pack-objects', '-q', '--delta-base-offset', join(store.path, 'objects/pack/pack')],
    {
      gitDir: store.path,
      config: { 'pack.threads': '1', 'pack.writeBitmaps': 'false' },
      input: `${objects.join('\n')}\n`,
      timeoutMs: 60 * 60_000,
    },
  )
  return stdout.toString().trim()
}

/** Objects that lie in the store itself, not borrowed. */
export async function listOwnObjects(store: Store): Promise<Set<string>> {
  const own = new Set((await listLoose(store)).map(({ sha }) => sha))
  for (const { name } of await listPacks(store)) for (const sha of await listPacked(store, name)) own.add(sha)
  return own
}

/** Objects of one pack. */
export async function listPacked(store: Store, name: string): Promise<string[]> {
  const input = await readFile(join(store.path, 'objects/pack', `${name}.idx`))
  const { stdout } = await runGit(['show-index', `--object-format=${store.objectFormat}`], { cwd: store.path, input })
  const lines = stdout.toString().split('\n').filter(Boolean)
  return lines.map((line) => line.split(' ')[1] ?? '')
}

/** Whatever a checkpoint, a snapshot or the next capture stands on. */
export async function listRoots(store: Store): Promise<string[]> {
  const refs = await listRefs(store, 'refs')
  return [...new Set([...refs.map(({ sha }) => sha), ...(await listIndexTrees(store))])].sort()
}

/** The objects that these commits and trees stand on, without what came before them; and those that are gone. */
export async function listNeeded(store: Store, roots: string[]): Promise<{ objects: string[]; missing: string[] }> {
  if (roots.length === 0) return { objects: [], missing: [] }
  const walked = await runGit(
    ['rev-list', '--objects', '--no-walk', '--no-object-names', '--ignore-missing', '--missing=print', '--stdin'],
    {
      gitDir: store.path,
      input: `${roots.join('\n')}\n`,
    },
  )
  const objects: string[] = []
  const missing: string[] = []
  // A root that is gone altogether is left out by the walk; asking for it by name brings it into the list of losses.
  const lines = [...new Set([...walked.stdout.toString().split('\n').filter(Boolean), ...roots])]
  const checked = await runGit(['cat-file', '--batch-check=%(objectname)'], {
    gitDir: store.path,
    input: `${lines.map((line) => line.replace(/^\?/, '')).join('\n')}\n`,
  })
  for (const line of checked.stdout.toString().split('\n').filter(Boolean)) {
    if (line.endsWith(' missing')) missing.push(line.slice(0, line.indexOf(' ')))
    else objects.push(line)
  }
  return { objects, missing }
}

/** Lets captures that are under way come to their end; what they have written is named by a ref then. */
async function waitForCaptures(store: Store): Promise<void> {
  for (const folder of await listIndexFolders(store)) await withLock(join(folder, 'lock'), CAPTURE_MS, async () => {})
}

/** Captures wait meanwhile: the work must be quick. */
export async function whileNoCapture(store: Store, work: () => Promise<void>): Promise<void> {
  const folders = (await listIndexFolders(store)).sort()
  const locked = folders.reduceRight<() => Promise<void>>(
    (inner, folder) => () => withLock(join(folder, 'lock'), CAPTURE_MS, inner),
    work,
  )
  await locked()
}

/** A folder for each worktree that was ever captured. */
export async function listIndexFolders(store: Store): Promise<string[]> {
  const entries = await readdir(join(store.path, 'makima'), { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(store.path, 'makima', entry.name))
}

/** Trees the private indexes stand for: their blobs are needed by the next capture, though no commit names them yet. */
export async function listIndexTrees(store: Store): Promise<string[]> {
  const trees: string[] = []
  for (const folder of await listIndexFolders(store)) {
    const text = await readFile(join(folder, 'state.json'), 'utf8').catch(() => '{}')
    const tree = /"tree":"([0-9a-f]{40,64})"/.exec(text)?.[1]
    if (tree) trees.push(tree)
  }
  return trees
}

interface Pack {
  name: string
  modifiedMs: number
}

async function listPacks(store: Store): Promise<Pack[]> {
  const folder = join(store.path, 'objects/pack')
  const names = (await readdir(folder).catch(() => []))
    .filter((name) => name.endsWith('.idx'))
    .map((name) => name.slice(0, -4))
  return Promise.all(names.map(async (name) => ({ name, modifiedMs: await modified(join(folder, `${name}.pack`)) })))
}

async function removePack(store: Store, pack: Pack): Promise<void> {
  const path = join(store.path, 'objects/pack', pack.name)
  // Git touches a pack whose object it finds again while writing: then a capture may rely on it, and it stays for now.
  if ((await modified(`${path}.pack`)) !== pack.modifiedMs) return
  for (const ending of ['.idx', '.rev', '.bitmap', '.pack']) await rm(path + ending, { force: true })
}

export interface Loose {
  sha: string
  file: string
  modifiedMs: number
}

/** Objects that lie in files of their own. */
export async function listLoose(store: Store): Promise<Loose[]> {
  const objects = join(store.path, 'objects')
  const loose: Loose[] = []
  for (const folder of await readdir(objects)) {
    if (!/^[0-9a-f]{2}$/.test(folder)) continue
    for (const name of await readdir(join(objects, folder))) {
      const file = join(objects, folder, name)
      loose.push({ sha: folder + name, file, modifiedMs: await modified(file) })
    }
  }
  return loose
}

async function removeLoose(loose: Loose[], packed: Set<string>): Promise<void> {
  const old = Date.now() - GRACE_MS
  for (const { sha, file, modifiedMs } of loose) {
    // Git touches a loose object that it finds again, as it does with a pack.
    const forgotten = modifiedMs < old && (await modified(file)) === modifiedMs
    if (packed.has(sha) || forgotten) await rm(file, { force: true })
  }
}

async function modified(path: string): Promise<number> {
  return stat(path).then(
    (facts) => facts.mtimeMs,
    () => 0,
  )
}
