// One writer per private index: queued inside this process, guarded by a lock file against other processes.
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '@/server/errors'
import { takeFileLock } from '@/server/file-lock'

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
  await mkdir(dirname(lockFile), { recursive: true, mode: 0o700 })
  const release = await takeFileLock(lockFile, waitMs)
  if (!release) {
    throw new AppError('conflict', 'Another operation is working on these files. Wait until it is done and try again.')
  }
  try {
    return await work()
  } finally {
    release()
  }
}
