// Finds the session that another one was forked from inside the agent.
import { and, eq, sql } from 'drizzle-orm'
import { tasks } from '@/db/schema'
import type { Context } from '@/server/context'
import { listFeeds } from './feed-log'
import { type KnownSession, listSegments } from './known-session'
import type { SessionGroup } from './session-group'

const MAIN = ''

/** A fork inside the agent begins with copies of its origin's records under the same ids, or names its origin. */
export async function findOrigin(ctx: Context, group: SessionGroup, session: KnownSession) {
  let originTaskId = session.forkedFromTaskId
  const ids = group.sources
    .filter((source) => source.sniffed.thread === MAIN)
    .flatMap((source) => source.sniffed.userIds)
  if (!originTaskId && session.known.size === 0 && ids.length > 0) {
    // The prompts first, by their index: in the order the planner likes better, each session would look through all earlier ones.
    const [found] = await ctx.db.execute<{ id: string }>(sql`
      with found as materialized (
        select distinct segment_id from messages where kind in ('prompt', 'command') and native_id in ${ids}
      )
      select t.id from found m join segments g on g.id = m.segment_id join tasks t on t.id = g.task_id
      where t.agent = ${group.format.agent} and t.native_thread = ''
        and t.owner_id = ${ctx.actor.ownerId} and t.native_session_id <> ${group.sessionId} limit 1`)
    originTaskId = found?.id ?? null
  }
  const forkedFrom = group.sources.find((source) => source.sniffed.forkedFrom !== null)?.sniffed.forkedFrom
  if (!originTaskId && session.known.size === 0 && forkedFrom) {
    const [found] = await ctx.db
      .select({ id: tasks.id })
      .from(tasks)
      .where(
        and(
          eq(tasks.ownerId, ctx.actor.ownerId),
          eq(tasks.agent, group.format.agent),
          eq(tasks.nativeSessionId, forkedFrom),
          eq(tasks.nativeThread, MAIN),
        ),
      )
    originTaskId = found?.id ?? null
  }
  if (!originTaskId) return null
  const lineage = await listLineage(ctx, originTaskId)
  const first = lineage[0]
  if (!first) return null
  const segments = await listSegments(
    ctx,
    lineage.flatMap((task) => task.taskIds),
  )
  return { taskId: originTaskId, contractId: first.contractId, segments, feeds: await firstFeeds(ctx, lineage) }
}

/** The feeds of the nearest task of the lineage that has any; they begin with those of its own origins. */
async function firstFeeds(ctx: Context, lineage: { taskIds: string[] }[]) {
  for (const { taskIds } of lineage) {
    for (const taskId of taskIds) {
      const feeds = await listFeeds(ctx, taskId)
      if (feeds.length > 0) return feeds
    }
  }
  return []
}

/** The session of a task, the session that one was forked from, and so on; all their tasks. */
async function listLineage(ctx: Context, taskId: string) {
  const lineage: { contractId: string; taskIds: string[] }[] = []
  const seen = new Set<string>()
  for (let next: string | null = taskId; next && !seen.has(next); ) {
    seen.add(next)
    const [task] = await ctx.db.select().from(tasks).where(eq(tasks.id, next))
    if (!task) break
    if (!task.nativeSessionId) {
      // A fork made by Makima that has not gone on: its talk is that of what it was forked from.
      lineage.push({ contractId: task.contractId, taskIds: [task.id] })
      next = task.forkedFromTaskId
      continue
    }
    const all = await ctx.db
      .select({ id: tasks.id })
      .from(tasks)
      .where(
        and(
          eq(tasks.ownerId, ctx.actor.ownerId),
          eq(tasks.agent, task.agent),
          eq(tasks.nativeSessionId, task.nativeSessionId),
        ),
      )
    lineage.push({ contractId: task.contractId, taskIds: all.map((row) => row.id) })
    next = task.forkedFromTaskId
  }
  return lineage
}
