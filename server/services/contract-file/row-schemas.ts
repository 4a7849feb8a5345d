// What a row of a contract's file may hold. The shape of each column comes from the tables themselves, so that none can be
// forgotten; what a column may say beyond its type stands here.
import { getTableColumns } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { historyEvents } from '@/db/history-tables'
import { nativeSessions, runs } from '@/db/run-tables'
import { contracts, operations, shelfItems, taskCheckpoints, tasks } from '@/db/schema'
import { conversationSnapshots, messages, segments, transcriptFeeds, transcriptSources } from '@/db/talk-tables'
import type { Row } from './format'
import { MOST_DEPTH } from './limits'

const TABLES: Record<string, PgTable> = {
  contracts,
  tasks,
  segments,
  conversation_snapshots: conversationSnapshots,
  transcript_sources: transcriptSources,
  transcript_feeds: transcriptFeeds,
  messages,
  task_checkpoints: taskCheckpoints,
  operations,
  shelf_items: shelfItems,
  runs,
  native_sessions: nativeSessions,
  history_events: historyEvents,
}

/** PostgreSQL takes neither, and Makima writes neither. */
const isStorable = (value: string): boolean => !/[\0\p{Surrogate}]/u.test(value)

const text = z.string().refine(isStorable, 'holds characters that no database takes')
const word = z.string().regex(/^[a-z][a-z0-9_-]{0,60}$/)
const sha = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/)
/** Becomes part of a file's name and of a command's words when an agent goes on. */
const nativeId = z.string().regex(/^(?!.*\.\.)[A-Za-z0-9][\w.:@-]{0,299}$/)
/** A session without an id of its own is named by its file, with which no agent here can go on. */
const nativeIdOrNone = text.transform((value) => (nativeId.safeParse(value).success ? value : null))
const position = z.int().min(0).max(2_147_483_647)
const json = z.unknown().refine(isPlainJson, 'holds too much within itself, or characters that no database takes')

/** Rules beyond a column's type. A null stays one where the column may be empty. */
const RULES: Record<string, Record<string, z.ZodType>> = {
  contracts: { phase: word, status: word },
  tasks: {
    agent: word,
    native_session_id: nativeIdOrNone,
    status: z.enum(['pending', 'running', 'interrupted', 'paused', 'completed', 'failed', 'undone']),
    phase: word,
    head_seq: position,
  },
  segments: { parent_seq: position, length: position, native_index: position },
  conversation_snapshots: { snapshot_type: word, seq: position },
  transcript_sources: { agent: word, kind: word, native_session_id: nativeIdOrNone },
  messages: { role: z.enum(['user', 'assistant', 'system', 'tool']), kind: word, seq: position },
  task_checkpoints: { kind: word, commit_sha: sha, tree_sha: sha, base_head: sha, number: position },
  // What has not ended would be taken up here: nothing of it is taken at all.
  operations: { kind: word, state: z.enum(['done', 'failed', 'undone']) },
  shelf_items: {
    ref: z.string().regex(/^(refs\/snapshots\/[0-9a-f-]{36}(-\d{1,6})?|conversation( [0-9a-f-]{36})?)$/),
    commit_sha: sha.or(z.literal('')),
  },
  runs: {
    agent: word,
    way: z.enum(['here', 'print']),
    state: z.enum(['done', 'failed', 'stopped', 'interrupted']),
    native_session_id: nativeIdOrNone,
  },
  native_sessions: { agent: word, native_session_id: nativeId },
  history_events: { event_type: z.string().regex(/^[a-z_]{1,40}\.[a-zA-Z_]{1,60}$/), event_data: json },
}

const schemas = new Map(Object.entries(TABLES).map(([name, table]) => [name, schemaOf(table, RULES[name] ?? {})]))

/** The row with the columns that are known here, each as it may be; or where it is wrong. */
export function parseRow(table: string, line: unknown): { row: Row } | { problem: string } {
  const schema = schemas.get(table)
  if (!schema) throw new Error(`there is no schema of ${table}`)
  const { success, data, error } = schema.safeParse(line)
  if (success) return { row: data as Row }
  const [issue] = error.issues
  const [column] = issue?.path ?? []
  return { problem: column === undefined ? table : `${table}.${String(column)}` }
}

function schemaOf(table: PgTable, rules: Record<string, z.ZodType>): z.ZodType {
  const shape: Record<string, z.ZodType> = {}
  for (const column of Object.values(getTableColumns(table)) as PgColumn[]) {
    const type = rules[column.name] ?? typeOf(column)
    const filled = column.notNull ? type : type.nullable()
    shape[column.name] = column.notNull && !column.hasDefault ? filled : filled.optional()
  }
  // The database says in which transaction it was; no file does.
  delete shape.tx
  // It is the person's who imports it.
  shape.owner_id = z.unknown().optional()
  return z.object(shape)
}

/** As `row_to_json` writes a column. */
function typeOf(column: PgColumn): z.ZodType {
  switch (column.columnType) {
    case 'PgUUID':
      return z.guid()
    case 'PgText':
      return text
    case 'PgInteger':
      return z.int().min(-2_147_483_648).max(2_147_483_647)
    case 'PgBigInt53':
      return z.int()
    case 'PgDoublePrecision':
      return z.number()
    case 'PgBoolean':
      return z.boolean()
    case 'PgTimestamp':
      return z.string().max(40).refine(isMoment, 'is no time')
    case 'PgJsonb':
      return json
    case 'PgArray':
      return z.array(text).max(10_000)
    case 'PgCustomColumn':
      return column.getSQLType() === 'bytea' ? z.string().regex(/^\\x([0-9a-f]{2})*$/) : z.unknown()
    default:
      throw new Error(`a column of the type ${column.columnType} cannot be checked`)
  }
}

function isMoment(value: string): boolean {
  const year = new Date(value).getUTCFullYear()
  return year >= 1 && year <= 9_999
}

/** Without recursion, which deep values would break. */
function isPlainJson(value: unknown): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MOST_DEPTH) return false
    const next: unknown[] = []
    for (const each of level) {
      if (typeof each === 'string' && !isStorable(each)) return false
      if (typeof each !== 'object' || each === null) continue
      if (!Array.isArray(each) && !Object.keys(each).every(isStorable)) return false
      for (const inner of Object.values(each)) next.push(inner)
    }
    level = next
  }
  return true
}
