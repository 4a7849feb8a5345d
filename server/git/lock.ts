// One writer per private index: queued inside this process, guarded by a lock file against other processes.
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@/server/errors'

// On globalThis, because a bundler may load this module twice into one process.
const QUEUES = Symbol.for('makima.git.locks')
const holder = globalThis as { [QUEUES]?: Map<string, Promise<unknown>> }
const queues = (holder[QUEUES] ??= new Map<string, Promise<unknown>>())

/**
 * Runs `work` while nobody else holds `lockFile`. A lock whose process is gone is taken over.
 * @throws AppError `conflict` when another process keeps it for longer than `waitMs`.
 */
export async function withLock<T>(lockFile: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  const before = queues.get(lockFile) ?? Promise.resolve()
  const turn = before.catch(() => {}).then(() => locked(lockFile, waitMs, work))
  const settled = turn.catch(() => {})
  queues.set(lockFile, settled)
  try {
    return await turn
  } finally {
    if (queues.get(lockFile) === settled) queues.delete(lockFile)
  }
}

async function locked<T>(lockFile: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  await acquire(lockFile, waitMs)
  try {
    return await work()
  } finally {
    await rm(lockFile, { force: true })
  }
}

async function acquire(lockFile: string, waitMs: number): Promise<void> {
  await mkdir(dirname(lockFile), { recursive: true, mode: 0o700 })
  const until = Date.now() + waitMs
  for (;;) {
    try {
      const handle = await open(lockFile, 'wx', 0o600)
      await handle.writeFile(String(process.pid))
      await handle.close()
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    if (await isAbandoned(lockFile)) {
      await rm(lockFile, { force: true })
      continue
    }
    if (Date.now() > until) {
      throw new AppError(
        'conflict',
        'Another operation is working on these files. Wait until it is done and try again.',
      )
    }
    await sleep(20)
  }
}

async function isAbandoned(lockFile: string): Promise<boolean> {
  const text = await readFile(lockFile, 'utf8').catch(() => null)
  if (text === null) return false
  const pid = Number(text)
  if (!text || !Number.isInteger(pid)) {
    // Killed between creating and writing it: nobody needs seconds for that.
    const age = await stat(lockFile).then(
      (facts) => Date.now() - facts.mtimeMs,
      () => 0,
    )
    return age > 2_000
  }
  // Our own queue admits one at a time, so a lock with our own number is a left-over of a namesake.
  if (pid === process.pid) return true
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
