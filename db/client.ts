// Owns how a process talks to PostgreSQL. Drizzle re-configures the client it is given (dates become strings,
// `sql.json` throws), so it gets one of its own and everything else uses a plain one.
import { type Socket, connect as connectSocket } from 'node:net'
import { drizzle } from 'drizzle-orm/postgres-js'
import type { ExtractTablesWithRelations } from 'drizzle-orm'
import type { PgDatabase } from 'drizzle-orm/pg-core'
import type { PostgresJsQueryResultHKT } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import * as browserSessions from './browser-session-tables'
import * as forget from './forget-tables'
import * as history from './history-tables'
import * as runs from './run-tables'
import * as work from './schema'
import * as talk from './talk-tables'

const schema = { ...work, ...talk, ...history, ...runs, ...browserSessions, ...forget }

type Schema = typeof schema

/** What services query through: the database itself or a transaction on it. */
export type Database = PgDatabase<PostgresJsQueryResultHKT, Schema, ExtractTablesWithRelations<Schema>>

/** A plain postgres.js client: tagged templates, COPY, LISTEN. */
export type Sql = postgres.Sql

export type Connection = {
  /** Drizzle, for services. */
  db: Database
  /** Plain client for short hand-written queries. */
  sql: Sql
  /** Plain client for what holds a connection long (COPY, LISTEN, reserved sessions), so that it starves nobody. */
  raw: Sql
  /** Ends every connection; queries still running get five seconds. */
  close: () => Promise<void>
}

export type ConnectOptions = {
  /** Most connections Drizzle opens at once (default 10); each plain client opens at most half of that. */
  max?: number
  /** Shown in pg_stat_activity. */
  name?: string
}

/** Opens clients on `url`. Connections are made when the first query needs them, and again after the server went away. */
export function connect(url: string, { max = 10, name = 'makima' }: ConnectOptions = {}): Connection {
  const open = (connections: number) =>
    postgres(url, {
      max: connections,
      connect_timeout: 10,
      idle_timeout: 300,
      onnotice: () => {},
      ...transport,
      connection: { application_name: name },
    })
  const half = Math.max(2, Math.ceil(max / 2))
  const forDrizzle = open(max)
  const sql = open(half)
  const raw = open(half)
  return {
    db: drizzle(forDrizzle, { schema }),
    sql,
    raw,
    close: async () => {
      await Promise.all([forDrizzle, sql, raw].map((client) => client.end({ timeout: 5 })))
    },
  }
}

/**
 * A socket that sends small packets at once. With Node's default the end of a COPY and the query after it wait for the
 * server's delayed acknowledgement: 40 ms each, which made imports of many small sessions ten times slower.
 * It is handed over while it still connects, so that postgres.js sees a failure as it sees its own sockets fail.
 * What is said in one turn goes out as one packet, as each wakes the server up.
 */
function openSocket({ host, port, path }: { host: string[]; port: number[]; path?: string | false | null }): Socket {
  const socket = path ? connectSocket(path) : connectSocket({ host: host[0], port: port[0] ?? 5432, noDelay: true })
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
  socket.write = (...args: unknown[]) => {
    if (socket.writableCorked === 0) {
      socket.cork()
      process.nextTick(() => socket.uncork())
    }
    return write(...args)
  }
  return socket
}

// Its types leave this option out.
const transport: object = { socket: openSocket }

// Next bundles each route apart, so a module-level variable would open one pool per route.
const shared = globalThis as typeof globalThis & { __makimaDatabase?: Connection }

/** The connection of this process, opened on first use from DATABASE_URL, which the launcher always sets. */
export function getDatabase(): Connection {
  if (shared.__makimaDatabase === undefined) {
    const url = process.env.DATABASE_URL
    if (!url) throw new Error('DATABASE_URL is not set. Start Makima with `npm start`, which sets it.')
    shared.__makimaDatabase = connect(url)
  }
  return shared.__makimaDatabase
}
