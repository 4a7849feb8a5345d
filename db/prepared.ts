// Statements that are sent very often with the same text.
import type { SQL } from 'drizzle-orm'
import type { Sql } from 'postgres'
import type { Database } from './client'

type Inside = {
  session: { client: Sql }
  dialect: { sqlToQuery(query: SQL): { sql: string; params: unknown[] } }
}

/**
 * Sends a statement under a name of its own: the server parses it once a connection, and the driver asks once instead
 * of twice. Only for texts that do not vary, as each stays with its connection, and for plans that need no statistics,
 * as the first ones are kept while tables grow: inserts, and what is found by its key.
 */
export async function executePrepared(db: Database, query: SQL): Promise<void> {
  // Drizzle keeps the connection of a transaction here and offers no prepared statement that is one for the server.
  const { session, dialect } = db as unknown as Inside
  const { sql, params } = dialect.sqlToQuery(query)
  await session.client.unsafe(sql, params as never[], { prepare: true })
}
