// Owns who this worker is: an identity that stays with the data folder, a row with a heartbeat, and what it left behind.
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { and, eq, sql } from 'drizzle-orm'
import { newId } from '@/db/ids'
import { processStart } from '@/server/process-identity'
import { daemons } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { logger } from '@/server/log'

const HEARTBEAT_MS = 5_000
/** A heartbeat older than this is that of a dead worker. */
const SILENT_SECONDS = 15

/** The id of the worker that belongs to a data folder, made at its first start. */
export function readDaemonId(home: string): string {
  const file = join(home, 'daemon-id')
  mkdirSync(home, { recursive: true, mode: 0o700 })
  try {
    writeFileSync(file, newId(), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const id = readFileSync(file, 'utf8').trim()
  if (/^[0-9a-f-]{36}$/.test(id)) return id
  // Killed between making and writing it.
  writeFileSync(file, newId(), { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}

/**
 * Registers this process as the worker of the folder.
 * @throws AppError `conflict` when another living process is it already: two must never write the same files.
 */
export async function registerDaemon(ctx: Context, id: string): Promise<void> {
  for (let waited = 0; await isServedByAnother(ctx, id); waited++) {
    if (waited > SILENT_SECONDS) {
      throw new AppError('conflict', 'Another worker already serves this data folder. Stop it first.')
    }
    await sleep(1_000)
  }
  const host = hostname()
  const values = {
    name: `${host}-${id.slice(-8)}`,
    host,
    pid: process.pid,
    version: process.env.npm_package_version ?? '0.1.0',
    startedAt: sql`now()`,
    heartbeatAt: sql`now()`,
  }
  await ctx.db
    .insert(daemons)
    .values({ id, ownerId: ctx.actor.ownerId, ...values })
    .onConflictDoUpdate({ target: daemons.id, set: values })
}

async function isServedByAnother(ctx: Context, id: string): Promise<boolean> {
  const [row] = await ctx.db
    .select({ pid: daemons.pid, host: daemons.host })
    .from(daemons)
    .where(and(eq(daemons.id, id), sql`${daemons.heartbeatAt} > now() - make_interval(secs => ${SILENT_SECONDS})`))
  return row !== undefined && row.pid !== process.pid && row.host === hostname() && processStart(row.pid) !== null
}

/** Tells every five seconds that the worker lives; a database that is away is reported once, not at every beat. */
export function startHeartbeat(ctx: Context, id: string): { stop: () => Promise<void> } {
  let away = false
  const beat = () =>
    ctx.db
      .update(daemons)
      .set({ heartbeatAt: sql`now()` })
      .where(eq(daemons.id, id))
      .then(
        () => {
          if (away) logger.info('the database is back')
          away = false
        },
        (error: unknown) => {
          if (!away) logger.warn({ err: error }, 'the database cannot be reached, the worker waits for it')
          away = true
        },
      )
  const timer = setInterval(() => void beat(), HEARTBEAT_MS)
  return {
    stop: async () => {
      clearInterval(timer)
      // Seen as stopped at once, not only when the heartbeat has grown old.
      await ctx.db
        .update(daemons)
        .set({ heartbeatAt: sql`now() - interval '1 hour'` })
        .where(eq(daemons.id, id))
        .catch(() => {})
    },
  }
}

/** The worker that served this folder before: names under which the job library knew it, and whether it was asked to end. */
export type FormerWorker = { pools: string[]; wasStopped: boolean }

const STOPPED = 'stopped'

/** Jobs that it still holds are to be freed. */
export function readFormerWorker(home: string): FormerWorker {
  try {
    const lines = readFileSync(join(home, 'worker-pool'), 'utf8').split('\n').filter(Boolean)
    return { pools: lines.filter((line) => line !== STOPPED), wasStopped: lines.includes(STOPPED) }
  } catch {
    return { pools: [], wasStopped: true }
  }
}

/** Written before the first job is taken, so that a kill at any later moment leaves the name behind. */
export function writePool(home: string, id: string): void {
  writeFileSync(join(home, 'worker-pool'), `${id}\n`, { mode: 0o600 })
}

/** Written when the process is asked to end: what it leaves undone is no job's fault then. */
export function writeStopped(home: string): void {
  appendFileSync(join(home, 'worker-pool'), `${STOPPED}\n`, { mode: 0o600 })
}
