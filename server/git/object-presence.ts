// Answers whether objects are there, own or borrowed, without a process: what git asks before it writes a tree that names them.
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Store } from './types'

/** Chains of borrowing longer than this are left to git. */
const DEPTH = 5

/** True when all are found; false also when that cannot be told here, so that git has to be asked. */
export function hasObjects(store: Store, shas: ReadonlySet<string>): boolean {
  const missing = new Set(shas)
  for (const folder of listObjectFolders(store)) {
    if (missing.size === 0) return true
    findMissing(folder, missing)
  }
  return missing.size === 0
}

/** Takes those that a folder of objects holds out of `missing`: loose and packed, or in one pack by its `.idx` only. */
export function findMissing(folder: string, missing: Set<string>, index?: string): void {
  for (const name of index === undefined ? listPackIndexes(folder) : [index]) {
    if (missing.size === 0) return
    findInPack(join(folder, 'pack', name), missing)
  }
  if (index !== undefined) return
  for (const sha of missing) if (existsSync(join(folder, sha.slice(0, 2), sha.slice(2)))) missing.delete(sha)
}

/** The store's own folder of objects, and then those that it borrows from. */
export function listObjectFolders(store: Store): string[] {
  return followAlternates(join(store.path, 'objects'), DEPTH)
}

function followAlternates(folder: string, depth: number): string[] {
  if (depth === 0) return []
  let lines: string[] = []
  try {
    lines = readFileSync(join(folder, 'info/alternates'), 'utf8').split('\n')
  } catch {
    // Borrows from nobody.
  }
  // Quoted names are rare; whatever only they have counts as not found.
  const others = lines.filter((line) => line !== '' && !/^["#]/.test(line))
  return [folder, ...others.flatMap((line) => followAlternates(resolve(folder, line), depth - 1))]
}

/** Names of the `.idx` files of a folder of objects. */
export function listPackIndexes(folder: string): string[] {
  try {
    return readdirSync(join(folder, 'pack')).filter((name) => name.endsWith('.idx'))
  } catch {
    return []
  }
}

const MAGIC = 0xff744f63
const HEADER = 8
const FANOUT = 1024

/** Takes those that the pack holds out of `missing`. Its list is sorted, and found by the first byte. */
function findInPack(file: string, missing: Set<string>): void {
  let handle: number
  try {
    handle = openSync(file, 'r')
  } catch {
    return
  }
  try {
    const head = Buffer.alloc(HEADER + FANOUT)
    readSync(handle, head, 0, head.length, 0)
    if (head.readUInt32BE(0) !== MAGIC || head.readUInt32BE(4) !== 2) return
    for (const sha of missing) {
      const wanted = Buffer.from(sha, 'hex')
      const first = wanted[0] ?? 0
      const from = first === 0 ? 0 : head.readUInt32BE(HEADER + (first - 1) * 4)
      const bytes = (head.readUInt32BE(HEADER + first * 4) - from) * wanted.length
      if (bytes <= 0) continue
      const names = Buffer.alloc(bytes)
      const read = readSync(handle, names, 0, bytes, head.length + from * wanted.length)
      if (read === bytes && isListed(names, wanted)) missing.delete(sha)
    }
  } finally {
    closeSync(handle)
  }
}

function isListed(names: Buffer, wanted: Buffer): boolean {
  let low = 0
  let high = names.length / wanted.length
  while (low < high) {
    const middle = (low + high) >> 1
    const order = wanted.compare(names, middle * wanted.length, (middle + 1) * wanted.length)
    if (order === 0) return true
    if (order < 0) high = middle
    else low = middle + 1
  }
  return false
}
