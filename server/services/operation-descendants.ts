// Finds the tasks below a task, however deep, and what they did after a moment. Reads only.
import { and, eq, inArray, sql } from 'drizzle-orm'
import { runs } from '@/db/run-tables'
import { tasks, worktrees } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { SILENT_MS } from './agents-at-work'
import { type TaskRow } from './operation-subjects'

export type Descendant = {
  task: TaskRow
  born: Date
  /** Born after the moment. */
  later: boolean
  /** Its conversation in force holds messages from after the moment. */
  hasLaterMessages: boolean
  /** Who serves its worktree; null when it has none, or anybody may. */
  daemonId: string | null
}

/** Tasks looked at for one rewind; a tree of more is cut off at the youngest. */
const MOST = 2_000

/** Every task below `taskId`, oldest first; forks that were undone are not there. */
export async function listDescendants(ctx: Context, taskId: string, at: Date): Promise<Descendant[]> {
  const born = sql<string>`coalesce(${tasks.startedAt}, ${tasks.createdAt})`
  const moment = sql`${at.toISOString()}::timestamptz`
  const rows = await ctx.db
    .select({
      task: tasks,
      later: sql<boolean>`${born} > ${moment}`,
      // Of a segment only the last row is looked at: it may have a hundred thousand.
      hasLaterMessages: sql<boolean>`coalesce((
        select m.at from messages m
        where m.segment_id = ${tasks.headSegmentId} and m.seq <= ${tasks.headSeq} and m.at is not null
        order by m.seq desc limit 1) > ${moment}, false)`,
      daemonId: worktrees.daemonId,
    })
    .from(tasks)
    .leftJoin(worktrees, eq(worktrees.id, tasks.worktreeId))
    .where(
      and(
        eq(tasks.ownerId, ctx.actor.ownerId),
        sql`${tasks.status} <> 'undone'`,
        sql`${tasks.id} in (
          with recursive below as (
            select id, 1 as depth from tasks where parent_task_id = ${taskId}
            union
            select t.id, b.depth + 1 from below b join tasks t on t.parent_task_id = b.id where b.depth < 50
          )
          select id from below where id <> ${taskId})`,
      ),
    )
    .orderBy(born, tasks.id)
    .limit(MOST)
  return rows.map((row) => ({ ...row, born: row.task.startedAt ?? row.task.createdAt }))
}

/** Worktrees of the tasks below, whenever they began, apart from `own`. */
export async function listChildWorktreeIds(ctx: Context, taskId: string, own: string | null): Promise<string[]> {
  const all = await listDescendants(ctx, taskId, ctx.now())
  return [...new Set(all.flatMap(({ task }) => task.worktreeId ?? []))].filter((id) => id !== own).toSorted()
}

/** @throws AppError `conflict` when an agent is at work in one of the tasks. */
export async function requireIdleTasks(ctx: Context, ids: string[]): Promise<void> {
  if (ids.length === 0) return
  const silentSince = new Date(ctx.now().getTime() - SILENT_MS)
  const [busy] = await ctx.db
    .select({ name: tasks.name })
    .from(tasks)
    .where(
      and(
        inArray(tasks.id, ids),
        sql`((${tasks.status} = 'running' and ${tasks.lastActivityAt} > ${silentSince.toISOString()}::timestamptz)
          or exists (select 1 from ${runs} r where r.task_id = ${tasks.id} and r.way = 'here'
            and r.state in ('starting', 'running', 'waiting')))`,
      ),
    )
    .limit(1)
  if (!busy) return
  throw new AppError(
    'conflict',
    `An agent is running in a task that would go back as well (${busy.name.slice(0, 80)}). Stop it first, or leave the child tasks out.`,
  )
}
