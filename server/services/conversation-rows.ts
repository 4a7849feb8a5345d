// Reads the rows of a conversation by position: one query, whatever the number of stretches.
import { sql } from 'drizzle-orm'
import type { Context } from '@/server/context'
import { type Span, toRecordset } from './conversation-path'
import { toMessageId } from './message-id'
import type { MessageView, TaskStatus } from './views'

export type MessageRow = {
  position: number
  segmentId: string
  seq: number
  role: MessageView['role']
  kind: MessageView['kind']
  subtype: string | null
  text: string | null
  toolName: string | null
  toolInput: string | null
  toolResult: string | null
  isError: boolean | null
  durationMs: number | null
  model: string | null
  tokensInput: number | null
  tokensOutput: number | null
  tokensCacheRead: number | null
  tokensCacheWrite: number | null
  costUsd: number | null
  at: Date | null
  nativeToolId: string | null
  sourceId: string | null
  sourceOffset: number | null
  sourceLength: number | null
  resultSourceId: string | null
  resultOffset: number | null
  resultLength: number | null
  truncated: boolean
}

type RawRow = Omit<MessageRow, 'at'> & { at: number | null }

/** The rows of these stretches, in their order. */
export async function readRows(ctx: Context, spans: readonly Span[]): Promise<MessageRow[]> {
  if (spans.length === 0) return []
  // bigint columns come as text unless they are cast; every count here is exact as a double.
  const rows = await ctx.db.execute<RawRow>(sql`
    select s.start + m.seq - s.from_seq as position, m.segment_id as "segmentId", m.seq, m.role, m.kind, m.subtype, m.text,
      m.tool_name as "toolName", m.tool_input as "toolInput", m.tool_result as "toolResult", m.is_error as "isError",
      m.duration_ms::float8 as "durationMs", m.model, m.tokens_input::float8 as "tokensInput",
      m.tokens_output::float8 as "tokensOutput", m.tokens_cache_read::float8 as "tokensCacheRead",
      m.tokens_cache_write::float8 as "tokensCacheWrite", m.cost_usd as "costUsd",
      (extract(epoch from m.at) * 1000)::float8 as at, m.native_tool_id as "nativeToolId",
      m.source_id as "sourceId", m.source_offset::float8 as "sourceOffset", m.source_length as "sourceLength",
      m.result_source_id as "resultSourceId", m.result_offset::float8 as "resultOffset", m.result_length as "resultLength",
      m.truncated
    from json_to_recordset(${toRecordset(spans)}::text::json)
      as s(place int, segment_id uuid, from_seq int, to_seq int, start int)
    cross join lateral (
      select * from messages m
      where m.segment_id = s.segment_id and m.seq between s.from_seq and s.to_seq and m.owner_id = ${ctx.actor.ownerId}
    ) m
    order by s.place, m.seq`)
  return rows.map((row) => ({ ...row, at: row.at === null ? null : new Date(row.at) }))
}

export type ChildTask = { id: string; name: string; status: TaskStatus }

/** The tasks that tool calls started, by the agent's id of the call. */
export async function findChildren(
  ctx: Context,
  contractId: string,
  toolIds: readonly (string | null)[],
): Promise<Map<string, ChildTask>> {
  const ids = toolIds.filter((id) => id !== null)
  if (ids.length === 0) return new Map()
  const rows = await ctx.db.execute<ChildTask & { tool: string }>(sql`
    select id, name, status, spawned_by_tool_id as tool from tasks
    where contract_id = ${contractId} and owner_id = ${ctx.actor.ownerId}
      and spawned_by_tool_id in (select json_array_elements_text(${JSON.stringify(ids)}::text::json))
    order by created_at desc`)
  return new Map(rows.map(({ tool, ...child }) => [tool, child]))
}

export function toMessageView(row: MessageRow, children: ReadonlyMap<string, ChildTask>): MessageView {
  return {
    id: toMessageId(row.segmentId, row.seq),
    index: row.position,
    role: row.role,
    kind: row.kind,
    subtype: row.subtype,
    text: row.text,
    toolName: row.toolName,
    toolInput: row.toolInput,
    toolResult: row.toolResult,
    isError: row.isError,
    durationMs: row.durationMs,
    toolId: row.nativeToolId,
    model: row.model,
    tokens:
      row.tokensInput === null
        ? null
        : {
            input: row.tokensInput,
            output: row.tokensOutput ?? 0,
            cacheRead: row.tokensCacheRead ?? 0,
            cacheWrite: row.tokensCacheWrite ?? 0,
          },
    costUsd: row.costUsd,
    at: row.at,
    truncated: row.truncated,
    childTask: (row.nativeToolId && children.get(row.nativeToolId)) || null,
  }
}
