// Keeps the search up to date: a little at a time, whenever something was said.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '@/server/context'
import { logger } from '@/server/log'
import { indexSome } from '@/server/services/search-index'

const IDLE_MS = 1_000
const FAULT_MS = 15_000

/** Runs until `stopping`. A fault costs a pause, never the worker. */
export async function keepSearchable(ctx: Context, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    const pause = await indexSome(ctx).then(
      (rows) => (rows > 0 ? 0 : IDLE_MS),
      (error: unknown) => {
        if (!stopping.aborted) logger.warn({ err: error }, 'the search could not be brought up to date yet')
        return FAULT_MS
      },
    )
    await sleep(pause, undefined, { signal: stopping }).catch(() => {})
  }
}
