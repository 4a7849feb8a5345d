// What the database holds at a moment, as PostgreSQL itself names it. Two equal names stand for exactly the same rows: the
// name changes when a transaction that wrote something begins or ends.
import { sql } from 'drizzle-orm'
import { executePrepared } from '@/db/prepared'
import type { Context } from '@/server/context'

/** The name of what can be seen now, such as `812:815:812,813`. */
export async function takeSnapshot(ctx: Context): Promise<string> {
  const [row] = await executePrepared<{ snapshot: string }>(ctx.db, sql`select pg_current_snapshot()::text as snapshot`)
  if (!row) throw new Error('the database gave no snapshot')
  return row.snapshot
}
