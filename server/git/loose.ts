// Writes objects and refs of the store without a process: starting one takes longer. Only ever into our own store.
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { deflate } from 'node:zlib'
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
  await Promise.all(
    objects.map(async ({ sha, bytes }) => {
      const file = join(store.path, 'objects', sha.slice(0, 2), sha.slice(2))
      const now = Date.now() / 1000
      const there = await utimes(file, now, now).then(
        () => true,
        () => false,
      )
      if (!there) await replaceFile(store, file, await compress(bytes, { level: 1 }), 0o444)
    }),
  )
}

/** Points a ref, whose name was checked before, at a commit. */
export async function writeRef(store: Store, ref: string, sha: string): Promise<void> {
  await replaceFile(store, join(store.path, ref), Buffer.from(`${sha}\n`), 0o600)
}

async function replaceFile(store: Store, file: string, content: Buffer, mode: number): Promise<void> {
  const temporary = join(store.path, 'makima', `tmp-${randomBytes(8).toString('hex')}`)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(temporary, content, { mode })
  try {
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
