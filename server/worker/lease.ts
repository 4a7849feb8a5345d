// Owns the time an operation may take and the proof that it is still ours: a lease renewed by a heartbeat.
import type { Context } from '@/server/context'
import { logger } from '@/server/log'
import { FenceLost, LEASE_SECONDS, renewLease } from '@/server/services/operation-journal'

const HEARTBEAT_MS = 5_000

/** Longest time for one operation. Beyond it the process ends itself: files must not be written by two at once. */
export const OPERATION_LIMIT_MS = 15 * 60_000

export type Lease = {
  /** To be asked before each thing done to disk. @throws FenceLost */
  check: () => void
  release: () => void
}

/** Keeps the lease of a claimed operation until released. */
export function holdLease(ctx: Context, id: string, fence: number): Lease {
  const started = Date.now()
  let renewed = started
  let lost = false
  const timer = setInterval(() => {
    if (Date.now() - started > OPERATION_LIMIT_MS) {
      // Nothing can be stopped safely from outside while it writes; the next start resolves it from the journal.
      logger.fatal({ operation: id }, 'an operation passed its time limit, the worker starts anew')
      process.exit(1)
    }
    renewLease(ctx, id, fence).then(
      (held) => {
        if (held) renewed = Date.now()
        else lost = true
      },
      () => {
        // The database is away for now. The clock below decides how long that may last.
      },
    )
  }, HEARTBEAT_MS)
  return {
    check: () => {
      // A process that slept (suspended, swapped out) may have been replaced without knowing it.
      if (lost || Date.now() - renewed > (LEASE_SECONDS - 3) * 1_000) throw new FenceLost()
    },
    release: () => clearInterval(timer),
  }
}
