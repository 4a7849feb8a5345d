// The place figures are measured in: a temporary folder and a throw-away PostgreSQL with the settings Makima ships.
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Connection, connect } from '@/db/client'
import { type RunningDatabase, startDatabase } from '@/db/embedded'
import { migrate } from '@/db/migrate'
import { type Context, createContext } from '@/server/context'
import { readEnv } from '@/server/env'

export type Options = {
  /** Small sizes, to see that everything works; the targets mean nothing then. */
  quick: boolean
  /** The sizes of the reference measurements where the usual ones are smaller. */
  full: boolean
}

export type Prepared = Connection & { url: string; ctx: Context; home: string }

export type World = Options & {
  folder: string
  /** An empty, migrated database; closed and dropped with the world at the latest. */
  createDatabase: (name: string) => Promise<Prepared>
  /** Runs when the figure is done or the person pressed Ctrl-C, last first. */
  onEnd: (work: () => unknown) => void
  say: (text: string) => void
}

const TEMPLATE = 'bench_template'

/** A world and the way to end it. Ending removes every process and file that was made in it. */
export function createWorld(options: Options, say: (text: string) => void): { world: World; end: () => Promise<void> } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'makima-bench-')))
  // The database's own user must be able to pass through.
  chmodSync(folder, 0o711)
  const endings: (() => unknown)[] = []
  const onEnd = (work: () => unknown) => void endings.push(work)
  let server: Promise<RunningDatabase> | undefined
  const world: World = {
    ...options,
    folder,
    say,
    onEnd,
    createDatabase: async (name) => {
      server ??= startServer(folder, onEnd)
      return createDatabase(await server, folder, name, onEnd)
    },
  }
  let ended: Promise<void> | undefined
  const end = async () => {
    for (const work of endings.reverse()) await Promise.resolve(work()).catch(() => undefined)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
  return { world, end: () => (ended ??= end()) }
}

async function startServer(folder: string, onEnd: World['onEnd']): Promise<RunningDatabase> {
  const server = await startDatabase({ home: join(folder, 'server'), databaseUrl: undefined })
  onEnd(() => server.stop())
  await administer(server.url, `create database ${TEMPLATE}`)
  await migrate(addressOf(server.url, TEMPLATE))
  return server
}

async function createDatabase(
  server: RunningDatabase,
  folder: string,
  name: string,
  onEnd: World['onEnd'],
): Promise<Prepared> {
  await administer(server.url, `create database "${name}" template ${TEMPLATE}`)
  const url = addressOf(server.url, name)
  const home = join(folder, `home-${name}`)
  mkdirSync(home, { recursive: true })
  const connection = connect(url, { name: 'makima-bench' })
  const ctx = createContext(
    connection.db,
    readEnv({ MAKIMA_HOME: home, DATABASE_URL: url, NODE_ENV: 'production' }),
    'worker',
  )
  let closed: Promise<void> | undefined
  const close = async () => {
    await connection.close()
    await administer(server.url, `drop database if exists "${name}" with (force)`)
  }
  const prepared = { ...connection, url, ctx, home, close: () => (closed ??= close()) }
  onEnd(prepared.close)
  return prepared
}

/** Statements that need no database of their own; a checkpoint first, so that no run pays for the one before. */
async function administer(url: string, statement: string): Promise<void> {
  const { sql, close } = connect(addressOf(url, 'postgres'), { max: 1, name: 'makima-bench' })
  try {
    await sql.unsafe(statement)
    await sql.unsafe('checkpoint')
  } finally {
    await close()
  }
}

const addressOf = (url: string, name: string) => url.replace(/\/[^/]*$/, `/${name}`)
