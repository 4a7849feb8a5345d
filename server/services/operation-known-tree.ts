// Finds the files that a task is known to have left in a worktree. Whatever differs from them now was changed by somebody else.
import { and, desc, eq, isNotNull, sql } from 'drizzle-orm'
import { operations, taskCheckpoints } from '@/db/schema'
import type { Context } from '@/server/context'

/** `keptSome`: the operation that left this tree kept files that somebody else had edited. */
export type KnownTree = { tree: string | null; keptSome: boolean }

/**
 * The tree that the task is known to have left in the worktree: that of its newest checkpoint there, or what its newest
 * operation there aimed at, whichever is later. Whatever differs from it now was changed by somebody else.
 */
export async function findKnownTree(ctx: Context, taskId: string, worktreeId: string): Promise<KnownTree> {
  const [checkpoint] = await ctx.db
    .select({ tree: taskCheckpoints.treeSha, at: taskCheckpoints.createdAt })
    .from(taskCheckpoints)
    .where(
      and(
        eq(taskCheckpoints.taskId, taskId),
        sql`coalesce(${taskCheckpoints.worktreeId}, ${worktreeId}) = ${worktreeId}`,
      ),
    )
    .orderBy(desc(taskCheckpoints.number))
    .limit(1)
  const operation = latest(await findLeft(ctx, taskId, worktreeId), await findLeftAsChild(ctx, taskId, worktreeId))
  if (operation && (!checkpoint || checkpoint.at <= operation.at)) {
    return { tree: operation.tree, keptSome: operation.kept }
  }
  return { tree: checkpoint?.tree ?? null, keptSome: false }
}

type Left = { tree: string; kept: boolean; at: Date }

function latest(...all: (Left | null)[]): Left | null {
  return all.filter((left) => left !== null).toSorted((a, b) => b.at.getTime() - a.at.getTime())[0] ?? null
}

/** What the newest operation of the task itself left there. */
async function findLeft(ctx: Context, taskId: string, worktreeId: string): Promise<Left | null> {
  const [row] = await ctx.db
    .select({
      tree: sql<string>`${operations.after} ->> 'knownTree'`,
      kept: sql<boolean>`coalesce((${operations.result} ->> 'kept')::int, 0) > 0`,
      at: operations.finishedAt,
    })
    .from(operations)
    .where(
      and(
        eq(operations.taskId, taskId),
        eq(operations.worktreeId, worktreeId),
        isNotNull(operations.finishedAt),
        sql`${operations.after} ->> 'knownTree' is not null`,
      ),
    )
    .orderBy(desc(operations.finishedAt))
    .limit(1)
  return row?.at ? { ...row, at: row.at } : null
}

/** What the newest operation left there that took the task along with one above it. */
async function findLeftAsChild(ctx: Context, taskId: string, worktreeId: string): Promise<Left | null> {
  const [row] = (await ctx.db.execute(sql`
    with recursive above as (
      select parent_task_id as id, 1 as depth from tasks where id = ${taskId}
      union
      select t.parent_task_id, a.depth + 1 from above a join tasks t on t.id = a.id where a.depth < 50
    )
    select child ->> 'knownTree' as tree, o.finished_at as at, exists (
        select 1 from jsonb_array_elements(child -> 'outcomes') outcome
        where coalesce((outcome ->> 'kept')::int, 0) > 0 and outcome ->> 'type' = 'files') as kept
    from above a join operations o on o.task_id = a.id
      cross join lateral jsonb_array_elements(o.after -> 'children') child
    where o.finished_at is not null and child ->> 'taskId' = ${taskId} and child ->> 'worktreeId' = ${worktreeId}
      and child ->> 'knownTree' is not null
    order by o.finished_at desc limit 1`)) as unknown as { tree: string; kept: boolean; at: string | Date }[]
  return row ? { ...row, at: new Date(row.at) } : null
}
