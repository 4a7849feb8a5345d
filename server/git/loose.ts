// Writes objects and refs of the store without a process: starting one takes longer. Only ever into our own store.
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { deflate, deflateSync, inflateSync } from 'node:zlib'
import type { Store } from './types'

const compress = promisify<Buffer, { level: number }, Buffer>(deflate)

/** A commit object, exactly as `git commit-tree` writes it. */
export async function writeCommit(store: Store, tree: string, parent: string | null, message: string): Promise<string> {
  const who = `Makima <makima@localhost> ${Math.floor(Date.now() / 1000)} +0000`
  const header = [`tree ${tree}`, ...(parent ? [`parent ${parent}`] : []), `author ${who}`, `committer ${who}`]
  const commit = hashObject(store, 'commit', Buffer.from(`${header.join('\n')}\n\n${message}`))
  await writeObjects(store, [commit])
  return commit.sha
}

/** Tree and parents of a commit that we wrote and that was not packed since; null for any other, which git has to read. */
export function readLooseCommit(store: Store, sha: string): { tree: string; parents: string[] } | null {
  if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(sha)) return null
  let text: string
  try {
    text = inflateSync(readFileSync(join(store.path, 'objects', sha.slice(0, 2), sha.slice(2)))).toString('latin1')
  } catch {
    return null
  }
  const header = text.slice(text.indexOf('\0') + 1, text.indexOf('\n\n'))
  const tree = /^tree ([0-9a-f]+)$/m.exec(header)?.[1]
  if (!text.startsWith('commit ') || tree === undefined) return null
  return { tree, parents: [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, parent = '']) => parent) }
}

export interface LooseObject {
  sha: string
  /** Header and content, not compressed. */
  bytes: Buffer
}

export function hashObject(store: Store, type: 'blob' | 'tree' | 'commit', content: Buffer): LooseObject {
  const bytes = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content])
  return { sha: createHash(store.objectFormat).update(bytes).digest('hex'), bytes }
}

/** Writes what is not there yet. What is gets a new time, as git does: packing must not take it for forgotten. */
export async function writeObjects(store: Store, objects: readonly LooseObject[]): Promise<void> {
  for (const { sha, bytes } of objects) {
    const file = join(store.path, 'objects', sha.slice(0, 2), sha.slice(2))
    if (refreshTime(file)) continue
    replaceFile(store, file, await deflateBytes(bytes), 0o444)
  }
}

/** False when the file is not there. */
function refreshTime(file: string): boolean {
  const now = Date.now() / 1000
  try {
    utimesSync(file, now, now)
    return true
  } catch {
    return false
  }
}

/** Small contents are done before another thread would have begun. */
function deflateBytes(bytes: Buffer): Promise<Buffer> | Buffer {
  return bytes.length > SMALL ? compress(bytes, { level: 1 }) : deflateSync(bytes, { level: 1 })
}

const SMALL = 64 * 1024

/** Points a ref, whose name was checked before, at a commit. */
export async function writeRef(store: Store, ref: string, sha: string): Promise<void> {
  replaceFile(store, join(store.path, ref), Buffer.from(`${sha}\n`), 0o600)
}

/** Without a step aside for other work: a handful of small files are written faster than they are handed to other threads. */
function replaceFile(store: Store, file: string, content: Buffer, mode: number): void {
  const temporary = join(store.path, 'makima', `tmp-${randomBytes(8).toString('hex')}`)
  writeFileSync(temporary, content, { mode })
  try {
    moveInto(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

function moveInto(temporary: string, file: string): void {
  try {
    renameSync(temporary, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    renameSync(temporary, file)
  }
}
