// Keeps the forgetting of a string and the writing of sessions apart: a session that was looked through before the string
// was known must be in the database when the rows are blanked.
import { sql } from 'drizzle-orm'
import type { Context } from '@/server/context'

const GATE = 7_041_777

/** In the transaction of a session, before its bytes are read. Sessions do not wait for each other. */
export async function passGate(ctx: Context): Promise<void> {
  await ctx.db.execute(sql`select pg_advisory_xact_lock_shared(${GATE})`)
}

/** Waits for the sessions that are being written, and keeps others out until the transaction is over. */
export async function waitForImports(ctx: Context): Promise<void> {
  await ctx.db.execute(sql`select pg_advisory_xact_lock(${GATE})`)
}
