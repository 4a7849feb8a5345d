// Owns the library that hands out jobs: the connections it works with, and that it begins anew when it got stuck.
import { EventEmitter } from 'node:events'
import { sql } from 'drizzle-orm'
import { Logger, type Runner as Library, run, type TaskList } from 'graphile-worker'
import pg from 'pg'
import type { Context } from '@/server/context'
import { logger } from '@/server/log'
import { readFormerWorker, writePool } from './daemon'
import { countDeaths, endJobs } from './deadly-jobs'

/** Several worktrees at once, and an import or a packing beside them. */
const CONCURRENCY = 6
/** Beside one connection for each: the one that listens, and one to look at the database with. */
const CONNECTIONS = CONCURRENCY + 2
/** Looks in a row at which the database answered and no job could be asked for; there is one a second. */
const STUCK_AFTER = 3

/** Names under which the job library knew this very process. */
const ownPools = new Set<string>()

/** Hands out jobs until `stopping` is aborted. Rejects when the library ended or got stuck: call it again. */
export async function takeJobs(ctx: Context, tasks: TaskList, stopping: AbortSignal): Promise<void> {
  await freeFormerJobs(ctx)
  const pool = openPool(ctx)
  try {
    const events = new EventEmitter()
    const stuck = untilStuck(events, pool)
    // The library locks jobs and queues in the name of the pool.
    events.on('pool:create', ({ workerPool }: { workerPool: { id: string } }) => {
      ownPools.add(workerPool.id)
      writePool(ctx.env.home, workerPool.id)
    })
    const library = await run({
      pgPool: pool,
      concurrency: CONCURRENCY,
      pollInterval: 1_000,
      noHandleSignals: true,
      events,
      logger: quiet,
      taskList: tasks,
    })
    await untilEnded(library, stuck, stopping)
  } finally {
    // What still hangs in it must not keep the next try.
    void pool.end()
  }
  if (!stopping.aborted) throw new Error('the job runner ended')
}

async function untilEnded(library: Library, stuck: Promise<never>, stopping: AbortSignal): Promise<void> {
  const stop = () => void library.stop().catch(() => {})
  if (stopping.aborted) stop()
  stopping.addEventListener('abort', stop, { once: true })
  try {
    await Promise.race([library.promise, stuck])
  } catch (error) {
    // Jobs that are at work end first: their locks are given back by the one who holds them.
    await library.stop().catch(() => {})
    throw error
  } finally {
    stopping.removeEventListener('abort', stop)
  }
}

/** The pool that the library would make has moments without a listener, in which a lost connection ends the process. */
function openPool(ctx: Context): pg.Pool {
  const pool = new pg.Pool({ connectionString: ctx.env.databaseUrl, max: CONNECTIONS })
  const tell = (error: Error) => logger.warn({ err: error }, 'the job runner lost a connection')
  pool.on('error', tell)
  pool.on('connect', (client) => void client.on('error', tell))
  return pool
}

/**
 * Rejects when jobs cannot be asked for though the database answers. The library keeps what its first question came to:
 * a connection that is lost in that moment leaves it without jobs for as long as it runs.
 */
function untilStuck(events: EventEmitter, pool: pg.Pool): Promise<never> {
  let failures = 0
  let looking = false
  for (const name of ['worker:getJob:empty', 'job:start']) events.on(name, () => (failures = 0))
  const stuck = new Promise<never>((_, reject) => {
    events.on('worker:getJob:error', ({ error }: { error: Error }) => {
      if (looking) return
      looking = true
      void pool
        .query('select 1')
        .then(
          () => (failures += 1),
          () => (failures = 0),
        )
        .finally(() => {
          looking = false
          if (failures >= STUCK_AFTER) reject(new Error('no job can be asked for', { cause: error }))
        })
    })
  })
  // Nobody may be waiting for it yet.
  stuck.catch(() => {})
  return stuck
}

/** Jobs that a killed worker of this folder still holds would else be locked for hours. */
async function freeFormerJobs(ctx: Context): Promise<void> {
  const { pools, wasStopped } = readFormerWorker(ctx.env.home)
  if (pools.length === 0) return
  // A runner that was begun anew in this process left its jobs locked, but nobody died.
  const dead = wasStopped ? [] : pools.filter((pool) => !ownPools.has(pool))
  const deadly = dead.length === 0 ? [] : await countDeaths(ctx, dead)
  await ctx.db.execute(sql`select graphile_worker.force_unlock_workers(${sql.param(pools)}::text[])`)
  await endJobs(ctx, deadly)
}

/** The library speaks at every turn; only what goes wrong is worth a line. Its own words quote the error with its values. */
const quiet = new Logger(() => (level, message, meta) => {
  if (level !== 'error') return
  const { error, job } = (meta ?? {}) as { error?: unknown; job?: { id: string; task_identifier: string } }
  const [reason] = message.split(/:| with error /)
  logger.warn({ reason, job: job?.id, task: job?.task_identifier, err: error }, 'job runner')
})
