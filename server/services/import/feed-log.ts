// The log of what was fed into a session's tree, in order: replaying it gives the same tree again.
import { asc, eq } from 'drizzle-orm'
import { transcriptFeeds } from '@/db/talk-tables'
import type { Context } from '@/server/context'
import { insertRows } from './insert-rows'
import type { Feed, FeedOptions } from './session-feed'

export async function listFeeds(ctx: Context, taskId: string): Promise<Feed[]> {
  const rows = await ctx.db
    .select()
    .from(transcriptFeeds)
    .where(eq(transcriptFeeds.taskId, taskId))
    .orderBy(asc(transcriptFeeds.number))
  return rows.map((row) => ({ ...row, options: row.options as FeedOptions }))
}

export async function writeFeeds(ctx: Context, taskId: string, feeds: Feed[], from: number): Promise<void> {
  const numbered = feeds.map((feed, index) => ({ ...feed, taskId, number: from + index }))
  await insertRows(ctx.db, numbered, (rows) => ctx.db.insert(transcriptFeeds).values(rows))
}
