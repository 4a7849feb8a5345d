// What earlier imports wrote of a session.
import { and, eq, inArray, sql } from 'drizzle-orm'
import { tasks } from '@/db/schema'
import { segments } from '@/db/talk-tables'
import type { Context } from '@/server/context'
import type { ThreadKey } from '@/server/transcripts/types'
import type { SessionGroup } from './session-group'

const MAIN: ThreadKey = ''

/** A task of the session as it stood before this import. */
export type KnownTask = { id: string; contractId: string; segmentLengths: Map<string, number> }

export type KnownSession = Awaited<ReturnType<typeof findSession>>

/** The tasks of a session that are in the database, by thread, with their segments' ids and lengths. */
export async function findSession(ctx: Context, agent: string, sessionId: string) {
  const rows = await ctx.db
    .select({
      id: tasks.id,
      contractId: tasks.contractId,
      thread: tasks.nativeThread,
      forkedFromTaskId: tasks.forkedFromTaskId,
    })
    .from(tasks)
    .where(
      sql`${tasks.ownerId} = ${ctx.actor.ownerId} and ${tasks.agent} = ${agent} and ${tasks.nativeSessionId} = ${sessionId}`,
    )
  const found = await listSegments(
    ctx,
    rows.map((row) => row.id),
  )
  const known = new Map<ThreadKey, KnownTask>()
  for (const row of rows) {
    const lengths = new Map(
      found.filter((segment) => segment.taskId === row.id).map((segment) => [segment.id, segment.length]),
    )
    known.set(row.thread, { id: row.id, contractId: row.contractId, segmentLengths: lengths })
  }
  return { known, segments: found, forkedFromTaskId: rows.find((row) => row.thread === MAIN)?.forkedFromTaskId ?? null }
}

/** Whether any of a session is in the database. */
export async function isSessionHere(ctx: Context, group: SessionGroup): Promise<boolean> {
  const [row] = await ctx.db
    .select({ id: tasks.id })
    .from(tasks)
    .where(
      and(
        eq(tasks.ownerId, ctx.actor.ownerId),
        eq(tasks.agent, group.format.agent),
        eq(tasks.nativeSessionId, group.sessionId),
      ),
    )
    .limit(1)
  return row !== undefined
}

/** The native segments of tasks with the thread they belong to. */
export async function listSegments(ctx: Context, taskIds: string[]) {
  if (taskIds.length === 0) return []
  const rows = await ctx.db
    .select({
      id: segments.id,
      taskId: segments.taskId,
      length: segments.length,
      index: segments.nativeIndex,
      thread: tasks.nativeThread,
    })
    .from(segments)
    .innerJoin(tasks, eq(tasks.id, segments.taskId))
    .where(inArray(segments.taskId, taskIds))
  return rows.flatMap(({ index, ...row }) => (index === null ? [] : [{ ...row, index }]))
}
