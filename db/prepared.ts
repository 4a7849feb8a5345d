// Statements that are sent very often with the same text.
import type { SQL } from 'drizzle-orm'
import type { Sql } from 'postgres'
import type { Database } from './client'

type Inside = {
  session: { client: Sql }
  dialect: { sqlToQuery(query: SQL): { sql: string; params: unknown[] } }
}

/**
 * Sends a statement under a name of its own and answers its rows: the server parses it once a connection, plans it anew
 * only where a plan for any values would cost more, and the driver asks once instead of twice.
 * Only for texts that do not vary, as each stays with its connection: a list of values goes in as one array. A plan that
 * is kept is made again when a table's statistics are, which for a table that grew fast is a minute later at most.
 */
export async function executePrepared<Row extends object>(db: Database, query: SQL): Promise<Row[]> {
  // Drizzle keeps the connection of a transaction here; it prepares only what its builders made.
  const { session, dialect } = db as unknown as Inside
  const { sql, params } = dialect.sqlToQuery(query)
  return session.client.unsafe<Row[]>(sql, params as never[], { prepare: true })
}
