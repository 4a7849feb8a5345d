// Writes a Codex thread again under a new id: the records that are in force in a talk, as they are, with the ids of the
// thread replaced. A copy that kept the old id in its first line would take the place of the old thread.
import { asString, isObject } from '@/server/transcripts/claude-code-content'
import { callIdOf, type CodexTurn, decideTurns, mainRecords, payloadOf, TurnCounter } from './codex-turns'
import { RowKeys } from './row-keys'
import type { Losses } from './talk-steps'
import type { Talk } from './types'

type JsonObject = Record<string, unknown>

export type CodexIdentity = {
  threadId: string
  cwd: string
  /** Milliseconds since 1970. */
  now: number
}

/** What a thread says of where it came from; a copy stands for itself. */
const LINEAGE = ['history_base', 'forked_from_id', 'parent_thread_id', 'git']

/** The lines of the copy, and what it leaves out. */
export async function copyThread(
  talk: Talk,
  identity: CodexIdentity,
): Promise<{ lines: AsyncGenerator<string>; losses: Losses }> {
  const keys = await RowKeys.of(talk)
  const { turns, losses } = await decideTurns(talk, keys)
  const { meta, ids } = await readMetas(talk)
  return { lines: writeLines(talk, identity, turns, keys, meta, ids), losses }
}

async function readMetas(talk: Talk): Promise<{ meta: JsonObject; ids: Set<string> }> {
  let meta: JsonObject = {}
  const ids = new Set<string>()
  for await (const { value } of mainRecords(talk)) {
    if (value.type !== 'session_meta') continue
    meta = payloadOf(value)
    for (const id of [meta.id, meta.session_id]) if (typeof id === 'string') ids.add(id)
  }
  return { meta, ids }
}

async function* writeLines(
  talk: Talk,
  identity: CodexIdentity,
  turns: CodexTurn[],
  keys: RowKeys,
  meta: JsonObject,
  ids: Set<string>,
): AsyncGenerator<string> {
  const isPaginated = meta.history_mode === 'paginated'
  let ordinal = 0
  const write = (value: JsonObject) =>
    JSON.stringify({ timestamp: value.timestamp, ...value, ordinal: isPaginated ? ordinal++ : undefined })
  yield write(metaRecord(meta, identity))
  const counter = new TurnCounter()
  let open: CodexTurn | null = null
  let at: unknown = null
  for await (const record of mainRecords(talk)) {
    if (counter.next(record)) {
      if (open !== null) yield write(turnEnd(open, at))
      open = null
    }
    const turn = turns[counter.turn]
    if (turn === undefined || !turn.kept || counter.index >= turn.length) continue
    const { value } = record
    if (!isCarried(value, keys)) continue
    open = turn.closed ? null : turn
    at = value.timestamp
    yield write(value.type === 'response_item' ? value : (replaceIds(value, ids, identity.threadId) as JsonObject))
  }
  if (open !== null) yield write(turnEnd(open, at))
}

function metaRecord(meta: JsonObject, { threadId, cwd, now }: CodexIdentity): JsonObject {
  const timestamp = new Date(now).toISOString()
  const payload: JsonObject = { ...meta, id: threadId, session_id: threadId, timestamp, cwd }
  for (const field of LINEAGE) delete payload[field]
  if (Array.isArray(meta.runtime_workspace_roots)) payload.runtime_workspace_roots = [cwd]
  if (isObject(meta.source)) payload.source = 'exec'
  return { timestamp, type: 'session_meta', payload }
}

/** Rollbacks were carried out already, and a call without a result would be given one by Codex. */
function isCarried(value: JsonObject, keys: RowKeys): boolean {
  if (value.type === 'session_meta') return false
  const payload = payloadOf(value)
  if (value.type === 'event_msg') return payload.type !== 'thread_rolled_back'
  const callId = value.type === 'response_item' ? callIdOf(payload) : null
  return callId === null || keys.isAnswered(callId)
}

function turnEnd(turn: CodexTurn, at: unknown): JsonObject {
  const completedAt = Math.floor(Date.parse(asString(at) ?? '') / 1000)
  const payload = {
    type: 'task_complete',
    turn_id: turn.id,
    last_agent_message: turn.lastAnswer,
    ...(Number.isFinite(completedAt) ? { completed_at: completedAt } : {}),
  }
  return { timestamp: at, type: 'event_msg', payload }
}

function replaceIds(value: unknown, ids: Set<string>, threadId: string): unknown {
  if (typeof value === 'string') return ids.has(value) ? threadId : value
  if (Array.isArray(value)) return value.map((item) => replaceIds(item, ids, threadId))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceIds(item, ids, threadId)]))
}
