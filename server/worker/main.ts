// The worker process: who it is, what it takes up again, the jobs it runs, and how it ends. Started by server/cli/worker.ts.
import { setTimeout as sleep } from 'node:timers/promises'
import { getDatabase } from '@/db/client'
import { createContext } from '@/server/context'
import { readEnv } from '@/server/env'
import { isAppError } from '@/server/errors'
import { logger } from '@/server/log'
import { enqueueUnfinished } from '@/server/services/forget/act'
import { priceAnew } from '@/server/services/import/price-anew'
import { readDaemonId, registerDaemon, startHeartbeat, writeStopped } from './daemon'
import { takeJobs } from './job-runner'
import { listTasks } from './jobs'
import { recoverOwn, startSweep } from './recovery'
import type { Runner } from './run-operation'
import { Captures } from './captures'
import { keepSearchable } from './search'
import { attendRuns, interruptAll } from './runs/active-runs'

/** How long running jobs may take to end after the process was asked to. What is cut off then is resolved at the next start. */
const STOP_MS = 20_000
const LONGEST_PAUSE_MS = 10_000

/** Runs until SIGTERM or SIGINT. A database that goes away is waited for. */
export async function runWorker(): Promise<void> {
  const env = readEnv()
  const { db, close } = getDatabase()
  const ctx = createContext(db, env, 'worker')
  const runner: Runner = { ctx, daemonId: readDaemonId(env.home) }
  const stopping = new AbortController()
  const stop = () => {
    if (stopping.signal.aborted) return
    stopping.abort()
    writeStopped(env.home)
    // A job that does not end must not keep the process: the journal knows how far it came.
    setTimeout(() => process.exit(0), STOP_MS).unref()
    void interruptAll()
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('unhandledRejection', (error) => logger.error({ err: error }, 'a promise was rejected unseen'))

  await retrying(stopping.signal, () => registerDaemon(ctx, runner.daemonId))
  if (stopping.signal.aborted) return close()
  const heartbeat = startHeartbeat(ctx, runner.daemonId)
  await retrying(stopping.signal, () => recoverOwn(runner))
  // Beside the jobs: what keeps this from being asked for must not keep the worker from its work.
  const unfinished = retrying(stopping.signal, () => enqueueUnfinished(ctx))
  const sweep = startSweep(runner)
  void attendRuns(ctx, stopping.signal)
  const captures = new Captures(ctx, stopping.signal)
  const searching = keepSearchable(ctx, stopping.signal)
  const pricing = priceAnew(ctx, stopping.signal).catch((error: unknown) => {
    if (!stopping.signal.aborted) logger.warn({ err: error }, 'prices are looked up at the next start')
  })
  await retrying(stopping.signal, () => takeJobs(ctx, listTasks(runner, captures, stopping.signal), stopping.signal))
  await interruptAll()
  await unfinished
  await searching
  await pricing
  await sweep.stop()
  await heartbeat.stop()
  await close()
  // Sockets of a database that went away may keep the loop alive.
  process.exit(0)
}

/** Tries until it works or the process is to end, with pauses that grow to ten seconds. A sentence for people ends it. */
async function retrying(stopping: AbortSignal, work: () => Promise<void>): Promise<void> {
  for (let pause = 250; !stopping.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const started = Date.now()
    try {
      await work()
      return
    } catch (error) {
      if (stopping.aborted) return
      if (isAppError(error)) throw error
      if (Date.now() - started > LONGEST_PAUSE_MS) pause = 250
      logger.warn({ err: error }, 'the worker tries again')
      await sleep(pause, undefined, { signal: stopping }).catch(() => {})
    }
  }
}
