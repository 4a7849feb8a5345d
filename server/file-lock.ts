// Owns mutual exclusion between processes: a file with its holder's identity. A holder that died is found by its identity, so a
// lock never outlives a kill -9. Nobody ever deletes another's lock, because between seeing that the holder is dead and deleting
// its file somebody else may have taken it: a dead holder is *succeeded* instead, by a file that only one process can make.
//
// The lock is a chain: `path` names a holder; if that one is dead, `path.after-<all so far>` names the next; the last one holds it.
// No holder is ever named twice, and a chain's files go only after its first: who finds its first unchanged is in a whole chain.
import { createHash, randomUUID } from 'node:crypto'
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from './errors'
import { isRunning, ownIdentity, type ProcessIdentity } from './process-identity'

const LONGEST_PAUSE_MS = 40

/**
 * Takes the lock file `path`, whose folder must exist; waits for another holder up to `waitMs`.
 * Answers with what gives it back, or with null when it did not come free. Takes no notice of who waits longest.
 */
export async function takeFileLock(path: string, waitMs: number): Promise<(() => void) | null> {
  const until = Date.now() + waitMs
  const draft = `${path}.draft-${randomUUID()}`
  // Linked into place only when whole, so that nobody ever reads an empty lock.
  writeFileSync(draft, JSON.stringify({ ...ownIdentity(), id: randomUUID() }), { mode: 0o600 })
  try {
    for (let pause = 2; !tryTake(path, draft); pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
      if (Date.now() > until) return null
      await sleep(pause * (0.5 + Math.random()))
    }
  } finally {
    rmSync(draft, { force: true })
  }
  return () => rmSync(path, { force: true })
}

/**
 * Runs `work` while holding the lock file `path`; waits for another holder up to `timeoutMs`.
 * @throws AppError `conflict` when the other holder does not finish in time.
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>, timeoutMs = 120_000): Promise<T> {
  const release = await takeFileLock(path, timeoutMs)
  if (!release) {
    const pid = parseHolder(read(path) ?? '')?.pid
    throw new AppError(
      'conflict',
      `Another Makima process${pid ? ` (pid ${pid})` : ''} holds ${path} and does not finish. End it and try again.`,
    )
  }
  try {
    return await work()
  } finally {
    release()
  }
}

function tryTake(path: string, draft: string): boolean {
  const first = read(path)
  if (first === null) return tryLink(draft, path)
  const links: string[] = []
  let key = ''
  for (let holder: string | null = first; holder !== null; ) {
    if (isAlive(holder)) return false
    // The key takes in all before it: two holders cut to the same text have different successors, so no chain leads back into itself.
    key = createHash('sha256')
      .update(key + holder)
      .digest('hex')
      .slice(0, 32)
    const next = `${path}.after-${key}`
    links.push(next)
    holder = read(next)
  }
  const own = links.pop() as string
  if (!tryLink(draft, own)) return false
  if (read(path) !== first) {
    // The chain was given back while we read it, and with it the place we stood in for.
    rmSync(own)
    return false
  }
  // Ours alone from here on. In one step the chain is only us; a kill before it leaves one link more for the next to pass.
  renameSync(own, path)
  for (const link of links) rmSync(link, { force: true })
  sweep(path)
  return true
}

function tryLink(draft: string, to: string): boolean {
  try {
    linkSync(draft, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** A lock is whole from its first moment: one that is not was cut by the machine's own end, and its holder with it. */
function isAlive(holder: string): boolean {
  const identity = parseHolder(holder)
  return identity !== null && isRunning(identity)
}

function parseHolder(text: string): ProcessIdentity | null {
  try {
    return JSON.parse(text) as ProcessIdentity | null
  } catch {
    return null
  }
}

/** What the dead left of other chains. Only the holder may: nobody can be on the way through those any more. */
function sweep(path: string): void {
  const folder = dirname(path)
  const name = basename(path)
  for (const entry of readdirSync(folder)) {
    if (!entry.startsWith(name) || !/^\.(after|draft)-[0-9a-f-]+$/.test(entry.slice(name.length))) continue
    const identity = parseHolder(read(join(folder, entry)) ?? '')
    // One that says nothing yet is being written.
    if (identity && !isRunning(identity)) rmSync(join(folder, entry), { force: true })
  }
}
