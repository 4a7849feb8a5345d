// Takes refs out of a store, and out of its packs what only they held: at once, while packing leaves garbage for an hour.
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { runGit } from './git'
import { withLock } from './lock'
import { listIndexFolders, listIndexTrees, listLoose, listNeeded, listPacked, listRoots, whileNoCapture } from './pack'
import { listObjects } from './snapshot'
import { checkStoreRef, listRefs } from './store'
import type { Store } from './types'

/** An import of a contract's file names the objects that it brought only after they lie here: so long they are left alone. */
const GRACE_MS = 60_000
/** A packing of a large store may be under way. */
const PACK_WAIT_MS = 30 * 60_000
/** Of git's own making, in which names or ids of what is gone may stand. */
const NOTES = [
  'logs',
  'FETCH_HEAD',
  'ORIG_HEAD',
  'objects/info/commit-graph',
  'objects/info/commit-graphs',
  'objects/pack/multi-pack-index',
  'makima/packed',
]

export type Erased = {
  refs: number
  objects: number
  /** Objects that nothing names and that came within the last minute: whoever wrote them may be about to name them. */
  young: number
}

/**
 * Removes the refs and every object that nothing names any more, also what earlier removals left. What other refs hold
 * stays. Doing it twice is doing it once. Captures wait only while files are removed.
 * @throws AppError `conflict` when a capture or a packing does not end.
 */
export function eraseRefs(store: Store, refs: readonly string[], graceMs = GRACE_MS): Promise<Erased> {
  return withLock(join(store.path, 'makima', 'pack.lock'), PACK_WAIT_MS, async () => {
    let doomed = new Set<string>()
    await whileNoCapture(store, async () => {
      doomed = await listHeld(store, refs)
      await deleteRefs(store, refs)
      await dropIndexes(store)
    })
    const needed = (await listNeeded(store, await listRoots(store))).objects
    const kept = await writePack(store, needed)
    return whileQuiet(store, async () => {
      const named = (await listNeeded(store, await listRoots(store))).objects
      const held = await listFiles(store, kept)
      const youngFrom = Date.now() - graceMs
      const isWaiting = ({ modifiedMs }: Held, sha: string) => modifiedMs > youngFrom && !doomed.has(sha)
      const waiting = held.flatMap((file) => file.objects.filter((sha) => isWaiting(file, sha)))
      const packed = new Set(needed)
      const rest = [...new Set([...named, ...waiting])].filter((sha) => !packed.has(sha))
      const names = new Set([...kept, ...(await writePack(store, rest))])
      await removeFiles(held.filter(({ pack }) => pack === null || !names.has(pack)))
      await removeNotes(store, graceMs)
      const stays = new Set([...packed, ...rest])
      const gone = new Set(held.flatMap(({ objects }) => objects).filter((sha) => !stays.has(sha)))
      const wanted = new Set([...named, ...packed])
      return { refs: refs.length, objects: gone.size, young: waiting.filter((sha) => !wanted.has(sha)).length }
    })
  })
}

/** What the refs and the private indexes stand for. */
async function listHeld(store: Store, refs: readonly string[]): Promise<Set<string>> {
  const asked = new Set(refs)
  const found = (await listRefs(store, 'refs')).filter(({ ref }) => asked.has(ref) || ref.startsWith(WORKTREES))
  return listObjects(store, [...found.map(({ sha }) => sha), ...(await listIndexTrees(store))])
}

const WORKTREES = 'refs/makima/worktrees/'

async function deleteRefs(store: Store, refs: readonly string[]): Promise<void> {
  for (const ref of refs) await checkStoreRef(ref)
  const all = [...refs, ...(await listRefs(store, WORKTREES)).map(({ ref }) => ref)]
  if (all.length === 0) return
  // Each for itself: one that is gone already must not keep the others.
  const known = new Set((await listRefs(store, 'refs')).map(({ ref }) => ref))
  const lines = [...new Set(all)].filter((ref) => known.has(ref)).map((ref) => `delete ${ref}\n`)
  await runGit(['update-ref', '--stdin'], { gitDir: store.path, input: lines.join('') })
}

/** They name files by path and content. The next capture makes them anew from the person's own index. */
async function dropIndexes(store: Store): Promise<void> {
  for (const folder of await listIndexFolders(store)) {
    for (const name of await readdir(folder)) {
      if (!name.startsWith('lock')) await rm(join(folder, name), { recursive: true, force: true })
    }
  }
}

/** Answers with the names of the packs that were written: one, or none for no objects. */
async function writePack(store: Store, objects: readonly string[]): Promise<string[]> {
  if (objects.length === 0) return []
  const { stdout } = await runGit(
    ['pack-objects', '-q', '--delta-base-offset', join(store.path, 'objects/pack/pack')],
    {
      gitDir: store.path,
      config: { 'pack.threads': '1', 'pack.writeBitmaps': 'false' },
      input: `${objects.join('\n')}\n`,
      timeoutMs: 60 * 60_000,
    },
  )
  return stdout
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((name) => `pack-${name}`)
}

/** Like `whileNoCapture`, also for a worktree that is captured for the first time just then. */
async function whileQuiet<T>(store: Store, work: () => Promise<T>): Promise<T> {
  for (;;) {
    const known = (await listIndexFolders(store)).length
    const done: T[] = []
    await whileNoCapture(store, async () => {
      if ((await listIndexFolders(store)).length === known) done.push(await work())
    })
    for (const value of done) return value
  }
}

/** A loose object or a pack, with what was there when it was looked at. */
type Held = { path: string; pack: string | null; modifiedMs: number; objects: string[] }

/** Everything of the store's own outside of `packs`. */
async function listFiles(store: Store, packs: readonly string[]): Promise<Held[]> {
  const held: Held[] = (await listLoose(store)).map(({ sha, file, modifiedMs }) => ({
    path: file,
    pack: null,
    modifiedMs,
    objects: [sha],
  }))
  const folder = join(store.path, 'objects/pack')
  for (const file of await readdir(folder).catch(() => [])) {
    const pack = file.slice(0, -4)
    if (!file.endsWith('.idx') || packs.includes(pack)) continue
    const path = join(folder, pack)
    held.push({ path, pack, modifiedMs: await modified(`${path}.pack`), objects: await listPacked(store, pack) })
  }
  return held
}

async function removeFiles(held: readonly Held[]): Promise<void> {
  for (const { path, pack, modifiedMs } of held) {
    // Git touches what it finds again while it writes: somebody relies on it since.
    if ((await modified(pack === null ? path : `${path}.pack`)) !== modifiedMs) continue
    for (const ending of pack === null ? [''] : PACK_ENDINGS) await rm(path + ending, { force: true })
  }
}

/** Index first: without it git does not look into the pack. */
const PACK_ENDINGS = ['.idx', '.rev', '.bitmap', '.mtimes', '.keep', '.promisor', '.pack']

async function removeNotes(store: Store, graceMs: number): Promise<void> {
  for (const name of NOTES) await rm(join(store.path, name), { recursive: true, force: true })
  for (const name of ['makima', 'objects/pack']) {
    for (const file of await readdir(join(store.path, name)).catch(() => [])) {
      const path = join(store.path, name, file)
      // One that is young may be in the middle of being written.
      if (/^tmp[-_]/.test(file) && Date.now() - (await modified(path)) >= graceMs) await rm(path, { force: true })
    }
  }
}

async function modified(path: string): Promise<number> {
  return stat(path).then(
    (facts) => facts.mtimeMs,
    () => 0,
  )
}
