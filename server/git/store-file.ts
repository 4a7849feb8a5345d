// Carries what a store holds to another Makima: the names of checkpoints and snapshots, and the files of each as one pack.
import { once } from 'node:events'
import { PassThrough, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '@/server/errors'
import { runGit, spawnGit } from './git'
import { listNeeded } from './pack'
import { checkStoreRef, listRefs, setRef } from './store'
import type { Store } from './types'

export type HeldRef = { ref: string; sha: string }

/** The refs of a store in whose name one of these ids stands: a task's checkpoints, an operation's snapshots. */
export async function listRefsOf(store: Store, ids: ReadonlySet<string>): Promise<HeldRef[]> {
  const isOf = (part: string) => ids.has(part) || ids.has(part.slice(0, 36))
  return (await listRefs(store, 'refs')).filter(({ ref }) => ref.split('/').some(isOf))
}

/**
 * Everything that these commits need, as a pack; history before them stays out. `missing`: what git had pruned already.
 * The stream fails when git does.
 */
export async function streamPack(
  store: Store,
  shas: string[],
): Promise<{ stream: Readable; missing: string[] } | null> {
  const { objects, missing } = await listNeeded(store, [...new Set(shas)])
  if (objects.length === 0) return null
  const child = spawnGit(['pack-objects', '--stdout', '-q', '--delta-base-offset'], { gitDir: store.path })
  const { stdout, stdin } = child
  if (!stdout || !stdin) throw new AppError('git_failed', 'git could not be started to pack the files.')
  // Taken up at once: what a program that has ended left unread in its own stream is thrown away.
  const stream = new PassThrough()
  stdout.pipe(stream, { end: false })
  child.on('error', (error) => stream.destroy(error))
  child.on('close', (code) => {
    if (code === 0) stream.end()
    else stream.destroy(new AppError('git_failed', `git pack-objects ended with ${code}.`))
  })
  stream.on('close', () => child.kill())
  stdin.on('error', () => {})
  stdin.end(`${objects.join('\n')}\n`)
  return { stream, missing }
}

/** Longer than any pack takes that comes with a contract; one that inflates without end is ended then. */
const TAKING_MS = 15 * 60_000

/** Takes a pack into the store. @throws AppError `invalid` for what is no whole pack. */
export async function takePack(store: Store, pack: Readable): Promise<void> {
  const child = spawnGit(['index-pack', '--stdin', '--fix-thin'], {
    gitDir: store.path,
    // Large contents are read in stretches instead of whole, and one thread does it: the pack is a stranger's.
    config: { 'core.bigFileThreshold': '16m', 'pack.threads': '1' },
  })
  const limit = setTimeout(() => child.kill('SIGKILL'), TAKING_MS)
  const { stdin } = child
  if (!stdin) throw new AppError('git_failed', 'git could not be started to take the files.')
  child.stdout?.resume()
  let words = ''
  child.stderr?.on('data', (part: Buffer) => (words = `${words}${part.toString()}`.slice(0, 2_000)))
  const ended = once(child, 'close') as Promise<[number | null]>
  await pipeline(pack, stdin).catch(() => undefined)
  const [code] = await ended
  clearTimeout(limit)
  if (code === 0) return
  throw new AppError('invalid', 'The files in it are broken: git cannot read them. Make the file anew.', {
    cause: new Error(`git index-pack ended with ${code}: ${words}`),
  })
}

/**
 * Names commits that the store holds now; one whose commit did not come is left out, and counted.
 * @throws AppError `conflict` for a name that stands for another commit here: it is never moved.
 */
export async function takeRefs(store: Store, refs: readonly HeldRef[]): Promise<number> {
  const known = new Set(
    (
      await runGit(['cat-file', '--batch-check=%(objectname) %(objecttype)'], {
        gitDir: store.path,
        input: `${refs.map(({ sha }) => sha).join('\n')}\n`,
      })
    ).stdout
      .toString()
      .split('\n')
      .filter((line) => line.endsWith(' commit'))
      .map((line) => line.slice(0, line.indexOf(' '))),
  )
  let left = 0
  const here = new Map((await listRefs(store, 'refs')).map(({ ref, sha }) => [ref, sha]))
  for (const { ref, sha } of refs) {
    await checkStoreRef(ref)
    if ((here.get(ref) ?? sha) !== sha) {
      throw new AppError('conflict', 'The file names saved states that are here already as others. Nothing was taken.')
    }
    if (known.has(sha)) await setRef(store, ref, sha)
    else left++
  }
  return left
}
