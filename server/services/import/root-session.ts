// A subagent may itself start others, and its file names only the thread that started it: finds the session at the root.
import { and, eq, ne } from 'drizzle-orm'
import { tasks } from '@/db/schema'
import type { Context } from '@/server/context'
import type { SessionGroup } from './session-group'

/** The session of the main thread above all these; the same group when its session is no subagent's thread. */
export async function underRoot(ctx: Context, group: SessionGroup): Promise<SessionGroup> {
  if (group.sources.every((source) => source.sniffed.thread === '')) return group
  const [parent] = await ctx.db
    .select({ sessionId: tasks.nativeSessionId })
    .from(tasks)
    .where(
      and(
        eq(tasks.ownerId, ctx.actor.ownerId),
        eq(tasks.agent, group.format.agent),
        eq(tasks.nativeThread, group.sessionId),
        ne(tasks.nativeSessionId, group.sessionId),
      ),
    )
    .limit(1)
  return parent?.sessionId ? { ...group, sessionId: parent.sessionId } : group
}

/** Puts groups that turn out to be of one session together: a group whose session is a thread of another joins that one. */
export function joinThreads<T extends SessionGroup>(groups: T[]): T[] {
  const sessionOf = new Map<string, string>()
  for (const group of groups)
    for (const { sniffed } of group.sources)
      if (sniffed.thread !== '') sessionOf.set(`${group.format.agent} ${sniffed.thread}`, group.sessionId)
  const joined = new Map<string, T>()
  for (const group of groups) {
    const seen = new Set<string>()
    let root = group.sessionId
    for (let next = sessionOf.get(`${group.format.agent} ${root}`); next !== undefined && !seen.has(root); ) {
      seen.add(root)
      root = next
      next = sessionOf.get(`${group.format.agent} ${root}`)
    }
    const key = `${group.format.agent} ${root}`
    const known = joined.get(key)
    if (known) known.sources.push(...group.sources)
    else joined.set(key, { ...group, sessionId: root, sources: [...group.sources] })
  }
  return [...joined.values()]
}
