// Owns what may be written into the history: the closed list of event kinds, and the one way to append them.
// Rows are never changed afterwards; the counts beside them are kept in the same transaction.
import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { newId } from '@/db/ids'
import { executePrepared } from '@/db/prepared'
import type { Context } from '@/server/context'
import type { Phase } from './views'

/** What each kind of event tells. A new kind is one line here and one in the timeline's table of rows. */
export type EventData = {
  'contract.created': { name: string }
  'task.created': { name: string; parentTaskId?: string | null; isSupervisor?: boolean; plan?: string | null }
  'task.completed': { name: string; messages?: number; toolCalls?: number }
  'task.interrupted': { name: string; reason?: string | null; runId?: string }
  /** The fork that made this task was undone, or stands again. */
  'task.undone': OperationData & { name: string }
  'task.redone': OperationData & { name: string }
  /** An agent was asked to go on; `runId` names the run. */
  'task.resumed': { runId: string; name: string; mode: string; agent: string }
  /** An agent that Makima ran is at rest: its turn ended, failed or was stopped. */
  'turn.ended': { runId: string; state: string; reason?: string | null; costUsd?: number | null }
  'permission.requested': { runId: string; requestId: string; toolName: string }
  'permission.answered': { runId: string; requestId: string; toolName: string; answer: string }
  /** A person's prompt; `text` is its beginning. */
  'message.received': { messageId: string; text: string }
  'phase.changed': { from: Phase | null; to: Phase; messageId?: string | null }
  'checkpoint.created': {
    checkpointId: string
    number: number
    kind: string
    sha: string
    message: string
    files: number
    additions: number
    deletions: number
    branch?: string | null
    messageId?: string | null
  }
  'checkpoint.failed': { reason: string; operationId?: string }
  'conversation.compacted': { trigger: string | null; preTokens: number | null; messageId?: string | null }
  /** The agent's own rewind, found in a transcript. */
  'conversation.rewound': { messageId?: string | null; messages?: number }
  'rewind.requested': OperationData & { checkpointId?: string | null; checkpointNumber?: number | null }
  'rewind.applied': OperationData & {
    checkpointId?: string | null
    checkpointNumber?: number | null
    files?: number
    messages?: number
    preserved?: { stateType: string; reference: string } | null
  }
  'rewind.failed': OperationData & { reason: string }
  'fork.created': OperationData & {
    newTaskId: string
    newTaskName: string
    forkType: string
    checkpointId?: string | null
    messageId?: string | null
    branchName?: string | null
  }
  'branch.created': OperationData & { branchName: string; sha: string; checkpointId?: string | null }
  'operation.undone': OperationData & { undoOf: string }
  'operation.failed': OperationData & { kind: string; reason: string }
  'shelf.restored': OperationData & { shelfItemId: string; files?: number }
  /** `title` is the masked one. */
  'share.created': { shareId: string; title: string; messages: number; expiresAt?: string | null }
  'share.revoked': { shareId: string; title: string }
  'shelf.emptied': { shelfItemId: string; operationId?: string; summary?: string; sizeBytes?: number }
  'import.finished': { importId: string; sources: number; messages: number; records?: number; checkpoints?: number }
  'source.rewritten': { sourceId: string; path: string; replaces?: string | null }
  'pull_request.linked': { url: string; number: number | null }
  /** Erased for good. Kinds, counts and ids only: a name would be what was to be forgotten. */
  'contract.forgotten': ForgottenData
  'task.forgotten': ForgottenData
  'transcript.forgotten': ForgottenData
  'string.forgotten': ForgottenData
  /** What had become older than the person keeps it. */
  'retention.applied': ForgottenData
}

type ForgottenData = { forgettingId: string; counts: Record<string, number> }

type OperationData = { operationId: string; summary?: string }

export type EventType = keyof EventData

const KINDS: Record<EventType, true> = {
  'contract.created': true,
  'task.created': true,
  'task.completed': true,
  'task.interrupted': true,
  'task.undone': true,
  'task.redone': true,
  'task.resumed': true,
  'turn.ended': true,
  'permission.requested': true,
  'permission.answered': true,
  'message.received': true,
  'phase.changed': true,
  'checkpoint.created': true,
  'checkpoint.failed': true,
  'conversation.compacted': true,
  'conversation.rewound': true,
  'rewind.requested': true,
  'rewind.applied': true,
  'rewind.failed': true,
  'fork.created': true,
  'branch.created': true,
  'operation.undone': true,
  'operation.failed': true,
  'shelf.restored': true,
  'share.created': true,
  'share.revoked': true,
  'shelf.emptied': true,
  'import.finished': true,
  'source.rewritten': true,
  'pull_request.linked': true,
  'contract.forgotten': true,
  'task.forgotten': true,
  'transcript.forgotten': true,
  'string.forgotten': true,
  'retention.applied': true,
}

export const EVENT_TYPES = Object.keys(KINDS) as EventType[]

/** An event to append. Times outside 2015 .. tomorrow are moved to the edge; no time means now. */
export type NewEvent = {
  [K in EventType]: { eventType: K; eventData: EventData[K] }
}[EventType] & {
  /** Given by callers that need to know it before; else made here. */
  id?: string
  contractId?: string | null
  taskId?: string | null
  repositoryId?: string | null
  agent?: string | null
  eventSubtype?: string | null
  phase?: Phase | null
  at?: Date | null
}

/** Processes that listen here look for new events; the payload says nothing, the rows do. */
export const EVENTS_CHANNEL = 'makima_events'

const BATCH = 5_000
const EARLIEST = Date.UTC(2015, 0, 1)
const DAY_MS = 86_400_000

/**
 * Appends events and their counts in the transaction that `ctx.db` is in (or in one of its own). Thousands at once are fine.
 * A caller that writes old events in a long transaction calls `ensureHistoryMonths` before it begins.
 */
export async function recordEvents(ctx: Context, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return
  const now = ctx.now().getTime()
  await ctx.db.transaction(async (tx) => {
    for (let from = 0; from < events.length; from += BATCH) {
      const rows = events.slice(from, from + BATCH).map((event) => toRow(ctx, event, now))
      await makeMonths(tx, [...new Set(rows.map((row) => row.created_at.slice(0, 7)))])
      await insertBatch(tx, rows)
    }
    await tx.execute(sql.raw(`select pg_notify('${EVENTS_CHANNEL}', '')`))
  })
}

/**
 * Makes the month tables that events between two moments need. Call it outside of any transaction and before a long one:
 * a new month locks the whole history for a moment, and that lock must not be held for the length of an import.
 */
export async function ensureHistoryMonths(db: Database, from: Date, to: Date): Promise<void> {
  const months = monthsBetween(clamp(from.getTime(), Date.now()), clamp(to.getTime(), Date.now()))
  const made = madeMonths.get(db) ?? new Set<string>()
  madeMonths.set(db, made)
  const missing = months.filter((month) => !made.has(month))
  if (missing.length === 0) return
  await makeMonths(db, missing)
  for (const month of missing) made.add(month)
}

/** What this process has made sure of; an import asks once a session. */
const madeMonths = new WeakMap<Database, Set<string>>()

function monthsBetween(first: number, last: number): string[] {
  const months: string[] = []
  for (const at = new Date(first); at.getTime() <= last; at.setUTCMonth(at.getUTCMonth() + 1, 1)) {
    at.setUTCHours(0, 0, 0, 0)
    months.push(at.toISOString().slice(0, 7))
  }
  return months
}

async function makeMonths(db: Database, months: string[]): Promise<void> {
  const list = JSON.stringify(months.map((month) => `${month}-01T00:00:00Z`))
  await executePrepared(
    db,
    sql`select makima_ensure_history_months(m::timestamptz, m::timestamptz) from json_array_elements_text(${list}::text::json) m`,
  )
}

function clamp(at: number, now: number): number {
  return Math.min(Math.max(at, EARLIEST), now + DAY_MS)
}

function toRow(ctx: Context, event: NewEvent, now: number) {
  const at = event.at?.getTime() ?? now
  return {
    id: event.id ?? newId(),
    owner_id: ctx.actor.ownerId,
    contract_id: event.contractId ?? null,
    task_id: event.taskId ?? null,
    repository_id: event.repositoryId ?? null,
    agent: event.agent ?? null,
    event_type: event.eventType,
    event_subtype: event.eventSubtype ?? null,
    phase: event.phase ?? null,
    event_data: event.eventData,
    created_at: new Date(clamp(Number.isNaN(at) ? now : at, now)).toISOString(),
  }
}

type Row = ReturnType<typeof toRow>

/**
 * Counts are kept per day and, so that totals over years stay cheap, per month (scope `…_month`, day = the first).
 * Count rows are locked in one order (the owner's first), or two writers could wait for each other.
 */
async function insertBatch(db: Database, rows: Row[]): Promise<void> {
  await executePrepared(
    db,
    sql`
    with written as (
      insert into history_events
        (id, owner_id, contract_id, task_id, repository_id, agent, event_type, event_subtype, phase, event_data, created_at)
      select id, owner_id, contract_id, task_id, repository_id, agent, event_type, event_subtype, phase, event_data, created_at
      from json_to_recordset(${toJson(rows)}::text::json) as r(
        id uuid, owner_id uuid, contract_id uuid, task_id uuid, repository_id uuid, agent text,
        event_type text, event_subtype text, phase text, event_data jsonb, created_at timestamptz)
      returning owner_id, contract_id, task_id, repository_id, agent, event_type, phase, created_at
    ), daily as (
      select owner_id, contract_id, task_id, repository_id, (created_at at time zone 'UTC')::date as day,
        event_type, coalesce(phase, '') as phase, coalesce(agent, '') as agent, count(*) as n
      from written group by 1, 2, 3, 4, 5, 6, 7, 8
    )
    insert into history_counts (owner_id, scope, scope_id, day, event_type, phase, agent, n)
    select owner_id, s.scope || b.suffix, s.scope_id, b.day, event_type, phase, agent, sum(n)
    from daily
    cross join lateral (values
      (0, 'owner', owner_id), (1, 'repository', repository_id), (2, 'contract', contract_id), (3, 'task', task_id),
      (4, 'pair', case when repository_id is not null and contract_id is not null
        then md5(contract_id::text || repository_id::text)::uuid end)
    ) as s(place, scope, scope_id)
    cross join lateral (values ('', daily.day), ('_month', date_trunc('month', daily.day)::date)) as b(suffix, day)
    where s.scope_id is not null
    group by owner_id, s.place, s.scope, s.scope_id, b.suffix, b.day, event_type, phase, agent
    order by owner_id, s.place, s.scope_id, b.suffix, b.day, event_type, phase, agent
    on conflict (owner_id, scope, scope_id, day, event_type, phase, agent)
    do update set n = history_counts.n + excluded.n`,
  )
}

/** JSON that PostgreSQL takes: it refuses U+0000 and halves of surrogate pairs, and transcripts hold both. */
function toJson(rows: Row[]): string {
  const text = JSON.stringify(rows)
  if (!/\\u(0000|d[89a-f])/i.test(text)) return text
  return JSON.stringify(rows, (_, value) => (typeof value === 'string' ? clean(value) : value))
}

function clean(text: string): string {
  return text.replaceAll('\u0000', '').replace(/\p{Surrogate}/gu, '\uFFFD')
}
