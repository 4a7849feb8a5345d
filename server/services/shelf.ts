// The recover shelf: what operations put aside before they changed something. Only a person empties it.
import { and, desc, eq, isNull, lt, or, sql } from 'drizzle-orm'
import { operations, shelfItems, tasks } from '@/db/schema'
import { type Context, withTransaction } from '@/server/context'
import { AppError } from '@/server/errors'
import { deleteSnapshot } from '@/server/git/snapshot'
import { recordEvents } from './history'
import { parseCursor, toCursor } from './operation-log'
import { snapshotNameOf } from './operation-restore'
import { storeOf } from './operation-subjects'
import type { Page, ShelfItemView } from './views'

export { previewRestore, requestRestore } from './operations'

export type ShelfPage = Page<ShelfItemView> & { totals: { items: number; sizeBytes: number } }

/** What lies on the shelf, newest first. */
export async function listShelf(
  ctx: Context,
  input: { cursor?: string | null; limit?: number | null } = {},
): Promise<ShelfPage> {
  const limit = Math.min(Math.max(input.limit ?? 100, 1), 1_000)
  const mine = and(eq(shelfItems.ownerId, ctx.actor.ownerId), isNull(shelfItems.emptiedAt))
  const after = input.cursor ? parseCursor(input.cursor) : null
  const older = after
    ? or(lt(shelfItems.createdAt, after.at), and(eq(shelfItems.createdAt, after.at), lt(shelfItems.id, after.id)))
    : undefined
  const rows = await ctx.db
    .select({
      id: shelfItems.id,
      operationId: shelfItems.operationId,
      operationSummary: operations.summary,
      taskId: shelfItems.taskId,
      taskName: tasks.name,
      files: shelfItems.files,
      // A child task's own count lies beside that of the task which took it along.
      messages: sql<number>`coalesce(abs(coalesce((${operations.result} -> 'childMessages' ->> ${shelfItems.taskId}::text)::int,
        case when ${shelfItems.taskId} is not distinct from ${operations.taskId} then (${operations.result} ->> 'messages')::int end)), 0)`,
      sizeBytes: shelfItems.sizeBytes,
      createdAt: shelfItems.createdAt,
    })
    .from(shelfItems)
    .innerJoin(operations, eq(operations.id, shelfItems.operationId))
    .leftJoin(tasks, eq(tasks.id, shelfItems.taskId))
    .where(and(mine, older))
    .orderBy(desc(shelfItems.createdAt), desc(shelfItems.id))
    .limit(limit + 1)
  const [totals] = await ctx.db
    .select({
      items: sql<number>`count(*)::int`,
      sizeBytes: sql<number>`coalesce(sum(${shelfItems.sizeBytes}), 0)::float8`,
    })
    .from(shelfItems)
    .where(mine)
  const entries = rows.slice(0, limit)
  const last = entries.at(-1)
  return {
    entries,
    nextCursor: rows.length > limit && last ? toCursor(last.createdAt, last.id) : null,
    previousCursor: null,
    totalCount: totals?.items ?? 0,
    totals: totals ?? { items: 0, sizeBytes: 0 },
  }
}

/**
 * Throws away what an item holds. Its operation cannot be undone any more; its files are gone with the next packing.
 * @throws AppError `not_found`
 */
export async function emptyShelfItem(ctx: Context, input: { id: string }): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    const [item] = await tx.db
      .update(shelfItems)
      .set({ emptiedAt: ctx.now() })
      .where(and(eq(shelfItems.ownerId, ctx.actor.ownerId), eq(shelfItems.id, input.id), isNull(shelfItems.emptiedAt)))
      .returning()
    if (!item) throw new AppError('not_found', 'There is no such item on the recover shelf.')
    const [operation] = await tx.db
      .select({ summary: operations.summary, contractId: operations.contractId })
      .from(operations)
      .where(eq(operations.id, item.operationId))
    await recordEvents(tx, [
      {
        eventType: 'shelf.emptied',
        contractId: operation?.contractId,
        taskId: item.taskId,
        repositoryId: item.repositoryId,
        eventData: {
          shelfItemId: item.id,
          operationId: item.operationId,
          summary: operation?.summary,
          sizeBytes: item.sizeBytes,
        },
      },
    ])
    // Last: if the ref cannot be deleted, the row still says that the item is there.
    const snapshot = snapshotNameOf(item.ref)
    if (snapshot && item.repositoryId) await deleteSnapshot(storeOf(ctx, item.repositoryId), snapshot)
  })
}
