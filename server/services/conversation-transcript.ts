// A conversation for other programs: whole texts, page by page, in one shape for every agent.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { getTalk, readOwnRecords, type Talk } from './conversation'
import { findPosition, type Span, slicePath, toRecordset } from './conversation-path'
import { type MessageRow, readRows } from './conversation-rows'
import { readWhole } from './conversation-whole'
import { decodeCursor, encodeCursor } from './cursors'
import { cursorInput, idInput, limitInput, momentInput } from './inputs'
import { fromMessageId, toMessageId } from './message-id'
import { getTask } from './tasks'

const edge = z.union([idInput, momentInput], 'Give a message id or a time like 2026-01-31T12:00:00Z')

export const transcriptInput = z.object({
  taskId: idInput,
  /** False leaves tool calls out. */
  includeToolCalls: z.boolean().default(true),
  /** False leaves out what tools answered. */
  includeToolResults: z.boolean().default(true),
  /** Only messages before this message or time. */
  before: edge.nullish(),
  /** Only messages after this message or time. */
  after: edge.nullish(),
  cursor: cursorInput,
  limit: limitInput,
})

type Input = z.infer<typeof transcriptInput>

export type TranscriptMessage = {
  id: string
  index: number
  role: string
  kind: string
  subtype?: string
  content: string
  timestamp: Date | null
  model?: string
  toolCalls?: { id: string; name: string; input: unknown }[]
  toolName?: string
  toolInput?: unknown
  toolResult?: string
  isError?: boolean
  durationMs?: number
  tokenCount?: number
  costUsd?: number
}

/** Rows hydrated at a time, and characters after which a page ends early: it may hold fewer than asked for. */
const BATCH = 50
const PAGE_CHARACTERS = 20_000_000

/** Messages in order, from the beginning or `after`. `cursor` is null at the end. Throws `not_found`, `invalid`. */
export async function readTranscript(ctx: Context, input: Input) {
  const [talk, task] = await Promise.all([getTalk(ctx, input.taskId), getTask(ctx, { id: input.taskId })])
  const first = input.after ? await findEdge(ctx, talk, input.after, 'after') : 0
  const past = input.before ? await findEdge(ctx, talk, input.before, 'before') : talk.total
  const from = input.cursor ? decodeCursor(z.number().int().min(0), input.cursor) : first
  const until = Math.min(past, from + input.limit)
  const messages: TranscriptMessage[] = []
  let next = from
  let characters = 0
  while (next < until && characters < PAGE_CHARACTERS) {
    const rows = await readRows(ctx, slicePath(talk.spans, next, Math.min(next + BATCH, until)))
    for (const row of await hydrate(ctx, rows)) {
      if (row.kind === 'tool' && !input.includeToolCalls) continue
      messages.push(toTranscriptMessage(row, input))
      characters += (row.text?.length ?? 0) + (row.toolInput?.length ?? 0) + (row.toolResult?.length ?? 0)
    }
    next += BATCH
  }
  const end = Math.min(next, until)
  return {
    taskId: task.id,
    taskName: task.name,
    status: task.status,
    messages,
    totalTokens: task.tokens.input + task.tokens.output + task.tokens.cacheRead + task.tokens.cacheWrite,
    tokens: task.tokens,
    totalCost: task.costUsd,
    totalMessages: talk.total,
    cursor: end < past ? encodeCursor(end) : null,
  }
}

/** Rows that were cut get their whole texts from the agent's records. */
async function hydrate(ctx: Context, rows: MessageRow[]): Promise<MessageRow[]> {
  const cut = rows.filter((row) => row.truncated)
  if (cut.length === 0) return rows
  const records = await readOwnRecords(ctx, cut)
  const whole = new Map(
    cut.map((row, i) => [row, { ...row, ...readWhole(row, records[i]?.[0] ?? null, records[i]?.[1] ?? null) }]),
  )
  return rows.map((row) => whole.get(row) ?? row)
}

function toTranscriptMessage(row: MessageRow, input: Input): TranscriptMessage {
  const tokens = [row.tokensInput, row.tokensOutput, row.tokensCacheRead, row.tokensCacheWrite]
  const message: TranscriptMessage = {
    id: toMessageId(row.segmentId, row.seq),
    index: row.position,
    role: row.role,
    kind: row.kind,
    content: row.text ?? '',
    timestamp: row.at,
  }
  if (row.subtype !== null) message.subtype = row.subtype
  if (row.model !== null) message.model = row.model
  if (row.toolName !== null) {
    const toolInput = row.toolInput === null ? null : parseJson(row.toolInput)
    message.toolName = row.toolName
    message.toolInput = toolInput
    message.toolCalls = [{ id: row.nativeToolId ?? message.id, name: row.toolName, input: toolInput }]
    if (input.includeToolResults && row.toolResult !== null) message.toolResult = row.toolResult
  }
  if (row.isError !== null) message.isError = row.isError
  if (row.durationMs !== null) message.durationMs = row.durationMs
  if (row.tokensInput !== null) message.tokenCount = tokens.reduce<number>((sum, n) => sum + (n ?? 0), 0)
  if (row.costUsd !== null) message.costUsd = row.costUsd
  return message
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The position where `after` lets a conversation begin, or where `before` ends it. Throws `not_found` for a message elsewhere. */
async function findEdge(ctx: Context, talk: Talk, edge: string | Date, side: 'before' | 'after'): Promise<number> {
  if (edge instanceof Date) return findTime(ctx, talk.spans, talk.total, edge, side)
  const { segmentId, seq } = fromMessageId(edge)
  const position = findPosition(talk.spans, segmentId, seq)
  // An empty page would say that nothing was said there, and a reader that goes on from its last message would believe it.
  if (position === null) {
    throw new AppError(
      'not_found',
      `The message ${edge} is not in this conversation as it stands now: it was rewound, or belongs to another. Read the conversation anew.`,
    )
  }
  return side === 'after' ? position + 1 : position
}

/** Times in a conversation need not rise: the first later message begins, the last earlier one ends. */
async function findTime(
  ctx: Context,
  spans: Span[],
  total: number,
  at: Date,
  side: 'before' | 'after',
): Promise<number> {
  const moment = sql`${at.toISOString()}::timestamptz`
  const position = sql`s.start + m.seq - s.from_seq`
  const [row] = await ctx.db.execute<{ position: number | null }>(sql`
    select ${side === 'after' ? sql`min(${position})` : sql`max(${position}) + 1`} as position
    from json_to_recordset(${toRecordset(spans)}::text::json)
      as s(place int, segment_id uuid, from_seq int, to_seq int, start int)
    join messages m on m.segment_id = s.segment_id and m.seq between s.from_seq and s.to_seq
    where m.owner_id = ${ctx.actor.ownerId} and m.at ${side === 'after' ? sql`>` : sql`<`} ${moment}`)
  return row?.position ?? (side === 'after' ? total : 0)
}
