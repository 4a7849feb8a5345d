// The conversation of a task: read by position, in pages that stay small whatever was said.
import { and, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import { tasks } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { findPosition, pathLength, readPath, type Span, slicePath, toRecordset } from './conversation-path'
import { findChildren, type MessageRow, readRows, toMessageView } from './conversation-rows'
import { findImages, readWhole } from './conversation-whole'
import { idInput } from './inputs'
import { fromMessageId, toMessageId } from './message-id'
import { readRecords } from './stored-records'
import type { ConversationSlice, MessageDetail, MessageView } from './views'

export const sliceInput = z.object({
  taskId: idInput,
  /** A position from 0; a negative one counts from the end. */
  from: z.number().int(),
  limit: z.number().int().min(1).max(200),
})

export const messageInput = z.object({ taskId: idInput, messageId: idInput })

/** Bytes of text a slice may hold as JSON: the rest of an answer below a megabyte is names, ids and numbers. */
const SLICE_BYTES = 600_000
/** Bytes of a whole message, and of its images, that are handed out. */
const WHOLE_BYTES = 2_000_000
const OUTLINE_PROMPTS = 5_000
/** Bytes an outline may take, and what each prompt takes beside its text. */
const OUTLINE_BYTES = 800_000
const PROMPT_BYTES = 140

export type Talk = {
  task: Pick<typeof tasks.$inferSelect, 'id' | 'name' | 'status' | 'contractId' | 'headSegmentId' | 'headSeq'>
  spans: Span[]
  total: number
}

/** The task and its path in force. Throws `not_found`. */
export async function getTalk(ctx: Context, taskId: string): Promise<Talk> {
  const [task] = await ctx.db
    .select({
      id: tasks.id,
      name: tasks.name,
      status: tasks.status,
      contractId: tasks.contractId,
      headSegmentId: tasks.headSegmentId,
      headSeq: tasks.headSeq,
    })
    .from(tasks)
    .where(and(eq(tasks.id, taskId), eq(tasks.ownerId, ctx.actor.ownerId)))
  if (!task) throw new AppError('not_found', 'There is no task with this id.')
  const spans = await readPath(ctx, { segmentId: task.headSegmentId, seq: task.headSeq })
  return { task, spans, total: pathLength(spans) }
}

/** Messages by position. The answer stays below about 700 kB: long texts are cut further and marked `truncated`. */
export async function getSlice(ctx: Context, input: z.infer<typeof sliceInput>): Promise<ConversationSlice> {
  const { task, spans, total } = await getTalk(ctx, input.taskId)
  const from = Math.min(Math.max(input.from < 0 ? total + input.from : input.from, 0), total)
  const rows = await readRows(ctx, slicePath(spans, from, from + input.limit))
  const messages = await toViews(ctx, task.contractId, rows)
  return {
    taskId: task.id,
    headVersion: `${task.headSegmentId ?? ''}:${task.headSeq}`,
    totalMessages: total,
    from,
    messages: fitTexts(messages),
  }
}

/** Rows as they are shown, with the tasks that their tool calls started. */
export async function toViews(ctx: Context, contractId: string, rows: MessageRow[]): Promise<MessageView[]> {
  const children = await findChildren(
    ctx,
    contractId,
    rows.map((row) => row.nativeToolId),
  )
  return rows.map((row) => toMessageView(row, children))
}

const TEXTS = ['text', 'toolInput', 'toolResult'] as const

/** Cuts the longest texts until all together fit; short ones stay whole. */
function fitTexts(messages: MessageView[]): MessageView[] {
  const sizes = messages.flatMap((message) => TEXTS.map((key) => message[key])).filter((text) => text !== null)
  const weigh = (limit: number) =>
    sizes.reduce((sum, text) => sum + Buffer.byteLength(JSON.stringify(text.slice(0, limit))), 0)
  let limit = 16_384
  while (limit > 256 && weigh(limit) > SLICE_BYTES) limit /= 2
  return messages.map((message) => {
    const cut = { ...message }
    for (const key of TEXTS) {
      const text = cut[key]
      if (text === null || text.length <= limit) continue
      cut[key] = text.slice(0, limit)
      cut.truncated = true
    }
    return cut
  })
}

/** Where a message stands in the conversation in force; null when it was rewound or belongs elsewhere. */
export async function locateMessage(
  ctx: Context,
  input: z.infer<typeof messageInput>,
): Promise<{ index: number | null }> {
  const { segmentId, seq } = fromMessageId(input.messageId)
  const { spans } = await getTalk(ctx, input.taskId)
  return { index: findPosition(spans, segmentId, seq) }
}

/** A message with all its text, its records as the agent wrote them, and its images; each capped at 2 MB. */
export async function getMessage(ctx: Context, input: z.infer<typeof messageInput>): Promise<MessageDetail> {
  const { segmentId, seq } = fromMessageId(input.messageId)
  const { task, spans } = await getTalk(ctx, input.taskId)
  const position = findPosition(spans, segmentId, seq)
  if (position === null) await requireOwnSegment(ctx, task.contractId, segmentId)
  const place = { segmentId, fromSeq: seq, toSeq: seq, start: position ?? -1 }
  const [row] = await readRows(ctx, [place])
  const [view] = row ? await toViews(ctx, task.contractId, [row]) : []
  if (!row || !view) throw new AppError('not_found', 'There is no message with this id.')
  const [record, result] = await readOwnRecords(ctx, [row]).then(([first]) => first ?? [null, null])
  const cut = <T extends string | null>(text: T) => (text === null ? null : text.slice(0, WHOLE_BYTES))
  const whole = row.truncated ? readWhole(row, record, result) : row
  const images = [...findImages(record), ...(result === null ? [] : findImages(result))]
  let left = WHOLE_BYTES
  return {
    ...view,
    text: cut(whole.text),
    toolInput: cut(whole.toolInput),
    toolResult: cut(whole.toolResult),
    truncated: [whole.text, whole.toolInput, whole.toolResult].some((text) => (text?.length ?? 0) > WHOLE_BYTES),
    rawRecord: record?.subarray(0, WHOLE_BYTES).toString('utf8') ?? null,
    rawResult: result?.subarray(0, WHOLE_BYTES).toString('utf8') ?? null,
    images: images
      .filter((image) => {
        left -= image.data.length
        return left >= 0
      })
      .map(({ mediaType, data }) => ({ mediaType, dataUrl: `data:${mediaType};base64,${data}` })),
  }
}

/** Messages left aside by a rewind can still be opened, but only through a task of the same contract. */
async function requireOwnSegment(ctx: Context, contractId: string, segmentId: string): Promise<void> {
  const rows = await ctx.db.execute(sql`
    select 1 from segments s join tasks t on t.id = s.task_id
    where s.id = ${segmentId} and s.owner_id = ${ctx.actor.ownerId} and t.contract_id = ${contractId}`)
  if (rows.length === 0) throw new AppError('not_found', 'There is no message with this id in this conversation.')
}

/** For each row the agent's record and the record of its tool's result; null where the row names none. */
export async function readOwnRecords(ctx: Context, rows: MessageRow[]): Promise<[Buffer | null, Buffer | null][]> {
  const places = rows.flatMap((row) => [
    toPlace(row.sourceId, row.sourceOffset, row.sourceLength),
    toPlace(row.resultSourceId, row.resultOffset, row.resultLength),
  ])
  const found = await readRecords(
    ctx,
    places.filter((place) => place !== null),
    // Enough for a record with several pictures: half a JSON value could not be read at all.
    16_000_000,
  )
  let next = 0
  const bytes = places.map((place) => (place === null ? null : (found[next++] ?? null)))
  return rows.map((_, i) => [bytes[2 * i] ?? null, bytes[2 * i + 1] ?? null])
}

function toPlace(sourceId: string | null, offset: number | null, length: number | null) {
  return sourceId === null || offset === null || length === null ? null : { sourceId, offset, length }
}

/** The prompts and commands of a conversation (the newest 5,000, and below a megabyte), to leaf through it by. */
export async function getOutline(ctx: Context, input: { taskId: string }) {
  const { spans, total } = await getTalk(ctx, input.taskId)
  const rows = await ctx.db.execute<{
    segment: string
    seq: number
    index: number
    at: number | null
    text: string
  }>(sql`
    select * from (
      select m.segment_id as segment, m.seq, s.start + m.seq - s.from_seq as index,
        (extract(epoch from m.at) * 1000)::float8 as at, coalesce(left(m.text, 160), '') as text
      from json_to_recordset(${toRecordset(spans)}::text::json)
        as s(place int, segment_id uuid, from_seq int, to_seq int, start int)
      cross join lateral (
        select * from messages m where m.segment_id = s.segment_id and m.seq between s.from_seq and s.to_seq
          and m.kind in ('prompt', 'command') and m.owner_id = ${ctx.actor.ownerId}
      ) m
      order by index desc limit ${OUTLINE_PROMPTS}
    ) newest order by index`)
  let left = OUTLINE_BYTES
  const first = rows.findLastIndex(({ text }) => {
    left -= Buffer.byteLength(JSON.stringify(text)) + PROMPT_BYTES
    return left < 0
  })
  return {
    totalMessages: total,
    prompts: rows.slice(first + 1).map(({ segment, seq, index, at, text }) => ({
      messageId: toMessageId(segment, seq),
      index,
      at: at === null ? null : new Date(at),
      text,
    })),
  }
}
