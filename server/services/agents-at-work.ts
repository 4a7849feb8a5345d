// Who is at work in a folder right now: no operation may change files under an agent.
import { and, eq, inArray, sql } from 'drizzle-orm'
import { runs } from '@/db/run-tables'
import { tasks } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { AT_WORK } from './runs/run-views'
import type { AgentAtWork } from './views'

/** How long an agent that says nothing still counts as running. */
export const SILENT_MS = 5 * 60_000

/** @throws AppError `conflict` when an agent works in the folder right now. */
export async function requireNoAgent(ctx: Context, worktreeId: string): Promise<void> {
  const [agent] = await findAgentsAtWork(ctx, [worktreeId])
  if (!agent) return
  const how = agent.runId === null ? 'End it where it runs' : `Stop it first (\`makima stop ${agent.runId}\`)`
  throw new AppError(
    'conflict',
    `An agent is running in this folder (${agent.taskName.slice(0, 80)}). ${how}, then try again.`,
  )
}

/** Agents that Makima runs in these folders, and others that have said something there lately. */
export async function findAgentsAtWork(ctx: Context, worktreeIds: string[]): Promise<AgentAtWork[]> {
  if (worktreeIds.length === 0) return []
  const since = new Date(ctx.now().getTime() - SILENT_MS).toISOString()
  const [own, foreign] = await Promise.all([
    ctx.db
      .select({ runId: runs.id, taskId: tasks.id, taskName: tasks.name })
      .from(runs)
      .innerJoin(tasks, eq(tasks.id, runs.taskId))
      .where(and(inArray(runs.worktreeId, worktreeIds), eq(runs.way, 'here'), inArray(runs.state, [...AT_WORK]))),
    ctx.db
      .select({ taskId: tasks.id, taskName: tasks.name })
      .from(tasks)
      .where(
        and(
          inArray(tasks.worktreeId, worktreeIds),
          eq(tasks.status, 'running'),
          sql`${tasks.lastActivityAt} > ${since}::timestamptz`,
        ),
      ),
  ])
  const known = new Set(own.map(({ taskId }) => taskId))
  return [...own, ...foreign.filter(({ taskId }) => !known.has(taskId)).map((task) => ({ ...task, runId: null }))]
}
