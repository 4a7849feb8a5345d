// Makes borrowed objects the store's own at once, by a second name for the file that holds them: no byte is copied, and what
// the person's git prunes or a removed `.git` takes with it stays. Packing copies what is needed later, and drops the rest.
import { closeSync, existsSync, fsyncSync, linkSync, lstatSync, mkdirSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runGit } from './git'
import { findMissing, listObjectFolders, listPackIndexes } from './object-presence'
import { splitNul } from './paths'
import type { Store } from './types'

/**
 * Makes all that a tree names the store's own, as far as it is borrowed.
 * @param from a tree whose objects are its own already; then only what differs is looked at. Null: everything is.
 * @returns what could not be linked: the store lies on another disk, say, or the object is nowhere.
 */
export async function ownTree(store: Store, from: string | null, tree: string): Promise<Set<string>> {
  if (from === tree) return new Set()
  return ownObjects(store, await listDifference(store, from, tree))
}

/** The same for any objects; those that are the store's own already cost a look. */
export function ownObjects(store: Store, shas: Iterable<string>): Set<string> {
  const [own, ...others] = listObjectFolders(store)
  const wanted = new Set(shas)
  if (own === undefined) return wanted
  findMissing(own, wanted)
  const touched = new Set<string>()
  for (const folder of others) {
    if (wanted.size === 0) break
    for (const sha of wanted) {
      const place = join(sha.slice(0, 2), sha.slice(2))
      if (existsSync(join(folder, place)) && link(folder, own, place, touched)) wanted.delete(sha)
    }
    for (const index of listPackIndexes(folder)) {
      if (wanted.size === 0) break
      const left = new Set(wanted)
      findMissing(folder, left, index)
      if (left.size === wanted.size || !linkPack(folder, own, index.slice(0, -4), touched)) continue
      for (const sha of wanted) if (!left.has(sha)) wanted.delete(sha)
    }
  }
  for (const folder of touched) flush(folder)
  return wanted
}

/** Objects of `tree` that `from` lacks: files and folders, without submodules. */
async function listDifference(store: Store, from: string | null, tree: string): Promise<Set<string>> {
  const shas = new Set<string>([tree])
  if (from === null) {
    const { stdout } = await runGit(['ls-tree', '-r', '-t', '-z', tree], { gitDir: store.path })
    for (const line of splitNul(stdout)) {
      const [, type, sha = ''] = line.subarray(0, line.indexOf(9)).toString('latin1').split(' ')
      if (type !== 'commit') shas.add(sha)
    }
    return shas
  }
  const { stdout } = await runGit(
    ['diff-tree', '-r', '-t', '-z', '--raw', '--no-renames', '--no-ext-diff', from, tree],
    {
      gitDir: store.path,
    },
  )
  for (const field of splitNul(stdout)) {
    const [, mode = '', , sha] = field.toString('latin1').split(' ')
    if (field[0] !== COLON || sha === undefined || mode === '160000' || mode === '000000') continue
    shas.add(sha)
  }
  return shas
}

const COLON = 0x3a

/** The index last: git takes a pack for there once it sees that. */
function linkPack(from: string, own: string, name: string, touched: Set<string>): boolean {
  return ['.pack', '.idx'].every((ending) => link(from, own, join('pack', name + ending), touched))
}

/** False where no second name can be given: another disk, a disk without links, somebody else's file. */
function link(from: string, own: string, place: string, touched: Set<string>): boolean {
  const target = join(own, place)
  try {
    if (!existsSync(dirname(target))) mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
    // A link in its place could lead anywhere, and change what we hold.
    if (!lstatSync(join(from, place)).isFile()) return false
    linkSync(join(from, place), target)
    touched.add(dirname(target))
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EEXIST'
  }
}

function flush(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
