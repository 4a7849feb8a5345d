// When a checkpoint was last seen to be whole in the store. Only a check says so, and a check that fails takes it back.
import { and, eq, inArray, isNull, lt, or, sql } from 'drizzle-orm'
import { taskCheckpoints } from '@/db/schema'
import type { Context } from '@/server/context'

/** After so long a checkpoint is checked again. */
const GOOD_FOR_MS = 24 * 3_600_000
const AT_ONCE = 2_000

export type CheckpointToVerify = { id: string; commitSha: string }

/** Checkpoints of a repository that were not checked for a day, those that never were first. */
export async function listUnverified(ctx: Context, repositoryId: string): Promise<CheckpointToVerify[]> {
  const before = new Date(ctx.now().getTime() - GOOD_FOR_MS)
  return ctx.db
    .select({ id: taskCheckpoints.id, commitSha: taskCheckpoints.commitSha })
    .from(taskCheckpoints)
    .where(
      and(
        eq(taskCheckpoints.repositoryId, repositoryId),
        or(isNull(taskCheckpoints.verifiedAt), lt(taskCheckpoints.verifiedAt, before)),
      ),
    )
    .orderBy(sql`${taskCheckpoints.verifiedAt} nulls first`)
    .limit(AT_ONCE)
}

/** Notes what a check came to; `held`: the commits that were found whole. */
export async function recordVerified(
  ctx: Context,
  checked: readonly CheckpointToVerify[],
  held: ReadonlySet<string>,
): Promise<void> {
  const mark = async (wanted: boolean, verifiedAt: Date | null) => {
    const ids = checked.filter(({ commitSha }) => held.has(commitSha) === wanted).map(({ id }) => id)
    if (ids.length > 0) await ctx.db.update(taskCheckpoints).set({ verifiedAt }).where(inArray(taskCheckpoints.id, ids))
  }
  await mark(true, ctx.now())
  await mark(false, null)
}
