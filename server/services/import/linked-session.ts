// Finds out whether a native session was written or started by Makima: then what is recorded in it belongs to a task that
// is there already, not to a new one.
import { and, eq, sql } from 'drizzle-orm'
import { nativeSessions, runs } from '@/db/run-tables'
import { tasks } from '@/db/schema'
import type { Context } from '@/server/context'

export type LinkedSession = {
  taskId: string
  /** The session that the task is known by: this one, or the one it was first imported as. */
  sessionId: string
  /** An agent is at work in it now; the worker that runs it owns the task's status. */
  running: boolean
  /** How much of it is a copy that Makima wrote. */
  copiedBytes: number
  /** The same in milliseconds since 1970; 0 when it is told by bytes. */
  copiedUntil: number
}

/**
 * Takes the session under a lock until the transaction ends, so that an import and a running agent's worker never write it
 * at once, and answers the task it belongs to. Null for a session that Makima had no part in.
 */
export async function lockSession(ctx: Context, agent: string, sessionId: string): Promise<LinkedSession | null> {
  const [linked] = await ctx.db
    .select({ taskId: tasks.id, known: tasks.nativeSessionId, inherited: nativeSessions.inherited })
    .from(nativeSessions)
    .innerJoin(tasks, eq(tasks.id, nativeSessions.taskId))
    .where(
      and(
        eq(nativeSessions.ownerId, ctx.actor.ownerId),
        eq(nativeSessions.agent, agent),
        eq(nativeSessions.nativeSessionId, sessionId),
      ),
    )
  const key = `session:${agent}:${linked?.known ?? sessionId}`
  await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`)
  if (!linked) return null
  // Another import may have given the task its first session while this one waited.
  await ctx.db
    .update(tasks)
    .set({ nativeSessionId: sessionId })
    .where(and(eq(tasks.id, linked.taskId), sql`${tasks.nativeSessionId} is null`))
  const [task] = await ctx.db.select({ known: tasks.nativeSessionId }).from(tasks).where(eq(tasks.id, linked.taskId))
  const [open] = await ctx.db
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.taskId, linked.taskId), sql`${runs.state} in ('starting', 'running', 'waiting')`))
    .limit(1)
  const { bytes: copiedBytes = 0, until: copiedUntil = 0 } = linked.inherited as { bytes?: number; until?: number }
  const known = task?.known ?? sessionId
  return { taskId: linked.taskId, sessionId: known, running: open !== undefined, copiedBytes, copiedUntil }
}
