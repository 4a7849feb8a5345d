// Owns telling waiting readers that something was written: one LISTEN connection per process, and no content. A reader
// looks at the rows itself, before its first wait and after each hint.
import { type Connection, getDatabase } from '@/db/client'
import { reportError } from './public-error'
import { EVENTS_CHANNEL } from './services/history'
import { shutdownSignal } from './shutdown'

type Hub = { wake: Set<() => void>; listening: Promise<unknown> | null }

const shared = globalThis as typeof globalThis & { __makimaLive?: Hub }

/** Hints get lost while the connection is away, so readers look by themselves now and then. */
const LOOK_MS = 10_000

function hub(connection: Connection): Hub {
  shared.__makimaLive ??= { wake: new Set(), listening: null }
  const live = shared.__makimaLive
  const wakeAll = () => {
    for (const wake of live.wake) wake()
  }
  // After a lost connection the client listens again by itself and calls the second function.
  live.listening ??= connection.raw.listen(EVENTS_CHANNEL, wakeAll, wakeAll).catch((error: unknown) => {
    live.listening = null
    reportError(error)
  })
  return live
}

/**
 * Yields once at once and then after each hint that events were written (several hints may be one), until `signal`
 * or the process ends. It listens before the first yield, so nothing that is written later can be missed.
 */
export async function* eventHints(
  signal: AbortSignal | undefined,
  connection: Connection = getDatabase(),
): AsyncGenerator<void> {
  const ended = AbortSignal.any([shutdownSignal(), ...(signal ? [signal] : [])])
  const live = hub(connection)
  let hinted = true
  let wake = () => {}
  const onHint = () => {
    hinted = true
    wake()
  }
  live.wake.add(onHint)
  ended.addEventListener('abort', onHint)
  try {
    await live.listening
    while (!ended.aborted) {
      if (!hinted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, LOOK_MS)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      if (ended.aborted) return
      hinted = false
      yield
    }
  } finally {
    live.wake.delete(onHint)
    ended.removeEventListener('abort', onHint)
  }
}
