// Owns the database of a Makima: DATABASE_URL if it is set, else the embedded PostgreSQL of its home, shared by all
// launchers of that home. The first one starts it, the last one stops it; the lock makes both safe at any moment.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import type { Env } from '@/server/env'
import { AppError } from '@/server/errors'
import { findBinaries } from './embedded-binaries'
import { type DatabaseState, placeFor, readState, writeState } from './embedded-place'
import { type Cluster, createCluster, findServer, readPassword, startServer, stopServer } from './embedded-server'
import { withFileLock } from '@/server/file-lock'
import { isRunning, ownIdentity } from '@/server/process-identity'

export type RunningDatabase = {
  url: string
  /** Where it is, in words for a person. */
  where: string
  /** True when the server was already running. */
  adopted: boolean
  /** False when the embedded server is gone; a server of DATABASE_URL looks after itself. */
  isAlive: () => boolean
  /** Gives the server up; it ends when nobody else uses it. Never throws for a server that is already gone. */
  stop: () => Promise<void>
}

/** Makes sure that a database answers and says how to reach it. Throws a sentence when it cannot. */
export async function startDatabase(env: Pick<Env, 'home' | 'databaseUrl'>): Promise<RunningDatabase> {
  if (env.databaseUrl) return useExternal(env.databaseUrl)

  const { home } = env
  const place = placeFor(home)
  const lock = join(home, 'database.lock')
  return withFileLock(lock, async () => {
    const cluster: Cluster = { ...place, binaries: findBinaries(place.cache, place.user) }
    await createCluster(cluster, randomBytes(24).toString('base64url'))
    const found = findServer(place.dataDir)
    const server = found ?? (await startServer(cluster, readState(home)?.port ?? null))
    const url = `postgres://makima:${readPassword(place.dataDir)}@127.0.0.1:${server.port}/makima`
    try {
      await ensureDatabase(url)
    } catch (error) {
      if (found === null) await stopServer(cluster, 'fast')
      throw error
    }
    writeState(home, { url, ...server, dataDir: place.dataDir, users: [...otherUsers(readState(home)), ownIdentity()] })
    const where = place.why === null ? place.dataDir : `${place.dataDir} (${place.why})`
    return {
      url,
      where: `built-in PostgreSQL ${cluster.binaries.major}, data in ${where}`,
      adopted: found !== null,
      isAlive: () => findServer(place.dataDir) !== null,
      stop: () => withFileLock(lock, () => leave(home, cluster)),
    }
  })
}

async function leave(home: string, cluster: Cluster): Promise<void> {
  const state = readState(home)
  const users = otherUsers(state)
  if (state) writeState(home, { ...state, users })
  if (users.length === 0) await stopServer(cluster)
}

function otherUsers(state: DatabaseState | null): DatabaseState['users'] {
  return (state?.users ?? []).filter((user) => user.pid !== process.pid && isRunning(user))
}

async function useExternal(url: string): Promise<RunningDatabase> {
  const address = describe(url)
  await answers(url, 5_000).catch((cause: Error) => {
    const message = `The database at ${address} does not answer: ${cause.message}. Check DATABASE_URL, or unset it to use the built-in one.`
    throw new AppError('precondition_failed', message, { cause })
  })
  return {
    url,
    where: `PostgreSQL at ${address} (DATABASE_URL)`,
    adopted: true,
    isAlive: () => true,
    stop: async () => {},
  }
}

/** Host and database of an address, without its password. */
function describe(url: string): string {
  try {
    const { host, pathname } = new URL(url)
    return `${host}${pathname}`
  } catch {
    throw new AppError(
      'invalid',
      'DATABASE_URL is not an address. It looks like postgres://user:password@host:5432/name.',
    )
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const maintenance = url.replace(/\/makima$/, '/postgres')
  await answers(maintenance, 60_000)
  const client = postgres(maintenance, { max: 1, onnotice: () => {} })
  try {
    const rows = await client`select 1 from pg_database where datname = 'makima'`
    if (rows.length === 0) await client`create database makima`
  } finally {
    await client.end({ timeout: 5 })
  }
}

/** Waits until a server that starts, recovers or stops takes connections; throws its last answer when it never does. */
async function answers(url: string, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const client = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} })
    try {
      await client`select 1`
      return
    } catch (error) {
      const { code } = error as { code?: string }
      const passing = code === '57P03' || code === 'ECONNREFUSED' || code === 'CONNECT_TIMEOUT' || code === '53300'
      if (!passing || Date.now() > deadline) throw error
      await sleep(200)
    } finally {
      await client.end({ timeout: 1 })
    }
  }
}
