// Owns the question whether a folder that is to be taken away is in use.
import { eq } from 'drizzle-orm'
import { tasks } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { requireNoAgent } from './agents-at-work'
import { findActiveOperation } from './operation-log'

/** @throws AppError `conflict` when an agent or another operation works in the folder of a task. */
export async function requireIdleFolder(ctx: Context, taskId: string): Promise<void> {
  const [task] = await ctx.db.select({ worktreeId: tasks.worktreeId }).from(tasks).where(eq(tasks.id, taskId))
  if (!task?.worktreeId) return
  const active = await findActiveOperation(ctx, task.worktreeId)
  if (active) {
    throw new AppError(
      'conflict',
      `Another operation is not finished in the folder that would go: ${active.summary}. Wait until it is done and try again.`,
    )
  }
  await requireNoAgent(ctx, task.worktreeId)
}
