// Reads a conversation for an agent's program: the rows in force with their whole texts, and the records behind them.
import { eq, sql } from 'drizzle-orm'
import { tasks } from '@/db/schema'
import type { TalkRecord, Talk, TalkRow } from '@/server/agents/types'
import type { Context } from '@/server/context'
import type { Agent } from '@/server/transcripts/agents'
import { parseBlock } from '@/server/transcripts/json-values'
import { type Head, pathLength, readPath, slicePath, type Span, toRecordset } from '@/server/services/conversation-path'
import { type MessageRow, readRows } from '@/server/services/conversation-rows'
import { readWhole } from '@/server/services/conversation-whole'
import { listFeeds } from '@/server/services/import/feed-log'
import type { Feed } from '@/server/services/import/session-feed'
import { readStoredBlocks } from '@/server/services/import/stored-bytes'
import { readRecords } from '@/server/services/stored-records'

const ROWS_A_READ = 200
/** A single text beyond this is an accident, and no model takes it. */
const WHOLE_BYTES = 64 << 20
/** Forks of forks; a ring in damaged data must end somewhere. */
const DEEPEST_LINEAGE = 1_000

/** The talk of a task up to `head` (a row of its tree). */
export async function readTalk(
  ctx: Context,
  task: { id: string; agent: string; forkedFromTaskId: string | null },
  head: Head,
): Promise<Talk> {
  const spans = await readPath(ctx, head)
  const total = pathLength(spans)
  const feeds = await findFeeds(ctx, task)
  const [last] = total > 0 ? await readSlice(ctx, slicePath(spans, total - 1, total)) : []
  return {
    agent: task.agent as Agent,
    last: last ?? null,
    async *rows() {
      for (let from = 0; from < total; from += ROWS_A_READ) {
        yield* await readSlice(ctx, slicePath(spans, from, Math.min(from + ROWS_A_READ, total)))
      }
    },
    records: () => readFeeds(ctx, feeds),
  }
}

/** A fork that has not gone on yet has no records of its own: those of its origin are behind it. */
async function findFeeds(ctx: Context, task: { id: string; forkedFromTaskId: string | null }): Promise<Feed[]> {
  let next: { id: string; forkedFromTaskId: string | null } | undefined = task
  for (let depth = 0; next && depth < DEEPEST_LINEAGE; depth++) {
    const feeds = await listFeeds(ctx, next.id)
    if (feeds.length > 0 || !next.forkedFromTaskId) return feeds
    ;[next] = await ctx.db
      .select({ id: tasks.id, forkedFromTaskId: tasks.forkedFromTaskId })
      .from(tasks)
      .where(eq(tasks.id, next.forkedFromTaskId))
  }
  return []
}

async function* readFeeds(ctx: Context, feeds: readonly Feed[]): AsyncGenerator<TalkRecord> {
  const sources = [...new Set(feeds.map((feed) => feed.sourceId))]
  for (const feed of feeds) {
    const source = sources.indexOf(feed.sourceId)
    for await (const stored of readStoredBlocks(ctx.db, feed.sourceId, feed.fromOffset, feed.toOffset)) {
      for (const record of parseBlock({ ...stored, complete: true }, 1)) yield { source, thread: feed.thread, record }
    }
  }
}

async function readSlice(ctx: Context, spans: readonly Span[]): Promise<TalkRow[]> {
  const rows = await readRows(ctx, spans)
  const natives = await readNativeIds(ctx, spans)
  const cut = rows.filter((row) => row.truncated && row.sourceId !== null)
  const wholes = new Map((await readCut(ctx, cut)).map((whole, index) => [cut[index]?.position ?? -1, whole] as const))
  return rows.map((row) => {
    const whole = wholes.get(row.position) ?? row
    const native = natives.get(row.position)
    return {
      role: row.role,
      kind: row.kind,
      text: whole.text,
      toolName: row.toolName,
      toolInput: whole.toolInput,
      toolResult: whole.toolResult,
      isError: row.isError,
      nativeId: native?.id ?? null,
      nativeMessageId: native?.message ?? null,
      nativeToolId: row.nativeToolId,
      model: row.model,
      at: row.at?.getTime() ?? null,
      subtype: row.subtype,
    }
  })
}

async function readCut(ctx: Context, rows: readonly MessageRow[]) {
  const place = (sourceId: string | null, offset: number | null, length: number | null) => ({
    sourceId: sourceId ?? '00000000-0000-0000-0000-000000000000',
    offset: offset ?? 0,
    length: length ?? 0,
  })
  const records = await readRecords(
    ctx,
    rows.map((row) => place(row.sourceId, row.sourceOffset, row.sourceLength)),
    WHOLE_BYTES,
  )
  const results = await readRecords(
    ctx,
    rows.map((row) => place(row.resultSourceId, row.resultOffset, row.resultLength)),
    WHOLE_BYTES,
  )
  return rows.map((row, index) => readWhole(row, records[index] ?? null, results[index] ?? null))
}

async function readNativeIds(ctx: Context, spans: readonly Span[]) {
  if (spans.length === 0) return new Map<number, { id: string | null; message: string | null }>()
  const rows = await ctx.db.execute<{ position: number; id: string | null; message: string | null }>(sql`
    select s.start + m.seq - s.from_seq as position, m.native_id as id, m.native_message_id as message
    from json_to_recordset(${toRecordset(spans)}::text::json)
      as s(place int, segment_id uuid, from_seq int, to_seq int, start int)
    join messages m on m.segment_id = s.segment_id and m.seq between s.from_seq and s.to_seq`)
  return new Map(rows.map(({ position, ...native }) => [position, native]))
}
