// Owns mutual exclusion between launchers: a file with the holder's identity. A holder that died is found by its
// identity, so a lock never outlives a kill -9.
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@/server/errors'
import { isRunning, ownIdentity, type ProcessIdentity } from './process-identity'

/**
 * Runs `work` while holding the lock file `path`; waits for another holder up to `timeoutMs`.
 * Throws `conflict` when the other holder does not finish in time.
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>, timeoutMs = 120_000): Promise<T> {
  await acquire(path, Date.now() + timeoutMs)
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}

async function acquire(path: string, deadline: number): Promise<void> {
  for (;;) {
    if (tryCreate(path)) return
    const holder = readHolder(path)
    if (holder !== null && !isRunning(holder)) removeStale(path)
    else if (Date.now() > deadline) {
      throw new AppError(
        'conflict',
        `Another Makima process${holder ? ` (pid ${holder.pid})` : ''} holds ${path} and does not finish. End it and try again.`,
      )
    } else await sleep(30 + Math.random() * 40)
  }
}

/** Creates the file with its content in one step, so that nobody ever reads an empty lock. */
function tryCreate(path: string): boolean {
  const draft = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`
  writeFileSync(draft, JSON.stringify(ownIdentity()), { mode: 0o600 })
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function readHolder(path: string): ProcessIdentity | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity
  } catch {
    return null
  }
}

/** Two waiters may both find the holder dead; only one of them may remove its file, or it would remove the other's. */
function removeStale(path: string): void {
  const guard = `${path}.steal`
  if (!tryCreate(guard)) {
    const age = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > 5_000) rmSync(guard, { force: true })
    return
  }
  try {
    const holder = readHolder(path)
    if (holder !== null && !isRunning(holder)) rmSync(path, { force: true })
  } finally {
    rmSync(guard, { force: true })
  }
}
