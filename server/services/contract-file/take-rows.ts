// Writes the rows of a contract's file into this database: ids stay as they are, so that everything that names them still
// does; what belongs to a machine (folders, workers) is put in the terms of this one.
import { sql } from 'drizzle-orm'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { ensureHistoryMonths, type NewEvent, recordEvents } from '@/server/services/history'
import type { OpenFile } from './open-zip'
import { type Row, rowsName, TABLES, type TableFormat } from './format'
import { elsewhere, type Grounds } from './grounds'
import { parseRow } from './row-schemas'

const ROWS_A_WRITE = 500
const BROKEN = 'The file does not fit together: a part names another that is not in it. Write it anew.'

/** Ids of the file by table, read before anything is written, as rows name each other in both directions. */
export type Known = Map<string, Set<unknown>>

/** @throws AppError `invalid` for a file whose rows are not what they should be, or belong to another contract. */
export async function readKnown(file: OpenFile): Promise<Known> {
  const known: Known = new Map()
  for (const { name, key } of TABLES) {
    const ids = new Set<unknown>()
    if (key[0] === 'id') {
      for await (const row of file.lines(rowsName(name))) {
        const { id } = WITH_GROUNDS.has(name) ? row : requireRow(name, row)
        if (ids.has(id)) throw new AppError('invalid', BROKEN)
        ids.add(id)
      }
    }
    known.set(name, ids)
  }
  const contracts = known.get('contracts')
  if (contracts?.size !== 1 || !contracts.has(file.head.contract.id)) throw new AppError('invalid', BROKEN)
  return known
}

/** Makes room for events of long ago; to be done before the transaction, see `ensureHistoryMonths`. */
export async function makeMonths(ctx: Context, file: OpenFile): Promise<void> {
  let [first, last] = [null as Date | null, null as Date | null]
  for await (const row of file.lines(rowsName('history_events'))) {
    const at = momentOf(row.created_at)
    if (first === null || at < first) first = at
    if (last === null || at > last) last = at
  }
  if (first && last) await ensureHistoryMonths(ctx.db, first, last)
}

/** Writes all rows in the transaction that `ctx.db` is in; answers with how many of each table there were. */
export async function takeRows(
  ctx: Context,
  file: OpenFile,
  known: Known,
  grounds: Grounds,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (const table of TABLES) {
    if (WITH_GROUNDS.has(table.name)) continue
    const columns = await listColumns(ctx, table.name)
    let waiting: Row[] = []
    let count = 0
    const write = async () => {
      if (table.name === 'history_events') await recordEvents(ctx, waiting.map(toEvent))
      else await insert(ctx, table, columns, waiting)
      count += waiting.length
      waiting = []
    }
    for await (const line of file.lines(rowsName(table.name))) {
      const row = fit(ctx, table, line, known, grounds)
      if (table.name === 'transcript_sources' && grounds.heldSources.has(String(row.id))) continue
      waiting.push(row)
      if (waiting.length >= ROWS_A_WRITE) await write()
    }
    await write()
    counts.set(table.name, count)
  }
  return counts
}

/** Their rows are made by what is known here, see grounds.ts. */
const WITH_GROUNDS = new Set(['repositories', 'worktrees'])

/** @throws AppError `invalid` for a row that no Makima writes. */
function requireRow(table: string, line: Row): Row {
  const parsed = parseRow(table, line)
  if ('row' in parsed) return parsed.row
  if (table === 'operations' || table === 'runs') {
    if (OPEN.has(String(line.state))) throw new AppError('invalid', UNENDED)
  }
  throw new AppError('invalid', `A row of the file is not what a Makima writes (${parsed.problem}). ${NOTHING}`)
}

const OPEN = new Set(['queued', 'running', 'starting', 'waiting'])
const UNENDED =
  'The file holds work that has not ended, which this Makima would take up by itself. No Makima writes that; nothing was taken.'
const NOTHING = 'Nothing was taken; ask for the file anew.'

/** A row as it may stand here. */
function fit(ctx: Context, table: TableFormat, line: Row, known: Known, grounds: Grounds): Row {
  const { name, needs, knows, leaves } = table
  const row: Row = { ...requireRow(name, line), owner_id: ctx.actor.ownerId }
  for (const column of leaves) delete row[column]
  for (const [column, table] of Object.entries(needs)) {
    if (!known.get(table)?.has(row[column])) throw new AppError('invalid', BROKEN)
  }
  for (const [column, table] of Object.entries(knows)) {
    if (!known.get(table)?.has(row[column])) row[column] = null
  }
  if (row.repository_id) row.repository_id = grounds.repositories.get(String(row.repository_id)) ?? null
  if (row.worktree_id) row.worktree_id = grounds.worktrees.get(String(row.worktree_id)) ?? null
  if (name === 'tasks') {
    row.cwd = grounds.placeOf(row.cwd)
    // Whoever was at work on it is not here.
    if (['running', 'paused', 'pending'].includes(String(row.status))) row.status = 'interrupted'
  }
  // Emptying the shelf deletes what this names: it must be of the very operation that put it there.
  if (
    name === 'shelf_items' &&
    !String(row.ref).includes(String(row.operation_id)) &&
    !isConversation(row.ref, known)
  ) {
    throw new AppError('invalid', BROKEN)
  }
  // Its words are not in the file.
  if (name === 'segments') row.searchable_to = 0
  // Neither the path nor the file's number may be taken for a file of this machine.
  if (name === 'transcript_sources') {
    Object.assign(row, { path: elsewhere(row.path), identity: elsewhere(row.identity) })
  }
  if (name === 'runs') Object.assign(row, { cwd: grounds.placeOf(row.cwd), imported_at: ctx.now().toISOString() })
  if (name === 'operations') Object.assign(row, { step: 'recorded', imported_at: ctx.now().toISOString() })
  return row
}

function isConversation(ref: unknown, known: Known): boolean {
  const [word, taskId] = String(ref).split(' ')
  return word === 'conversation' && (taskId === undefined || known.get('tasks')?.has(taskId) === true)
}

async function listColumns(ctx: Context, table: string): Promise<Set<string>> {
  const rows = await ctx.db.execute<{ name: string }>(sql`
    select column_name as name from information_schema.columns
    where table_schema = current_schema() and table_name = ${table} and is_generated = 'NEVER'`)
  return new Set(rows.map(({ name }) => name))
}

/** Columns that an older or newer Makima has or has not keep what they are made with here. */
async function insert(ctx: Context, { name }: TableFormat, columns: Set<string>, rows: Row[]): Promise<void> {
  if (rows.length === 0) return
  const told = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((column) => columns.has(column))
  const list = sql.join(
    told.map((column) => sql.identifier(column)),
    sql`, `,
  )
  await ctx.db.execute(sql`
    insert into ${sql.identifier(name)} (${list})
    select ${list} from json_populate_recordset(null::${sql.identifier(name)}, ${JSON.stringify(rows)}::text::json)`)
}

function momentOf(text: unknown): Date {
  const at = new Date(String(text))
  if (Number.isNaN(at.getTime())) throw new AppError('invalid', BROKEN)
  return at
}

function toEvent(row: Row): NewEvent {
  // A kind that this Makima does not know yet is kept, as its own are by an older one.
  return {
    id: row.id,
    contractId: row.contract_id,
    taskId: row.task_id,
    repositoryId: row.repository_id,
    agent: row.agent,
    eventType: row.event_type,
    eventSubtype: row.event_subtype,
    phase: row.phase,
    eventData: row.event_data,
    at: momentOf(row.created_at),
  } as NewEvent
}
