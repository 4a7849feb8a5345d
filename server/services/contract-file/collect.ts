// Finds the rows that make up a contract, wherever they lie, and reads them a page at a time as PostgreSQL writes JSON.
import { type SQL, sql } from 'drizzle-orm'
import type { Context } from '@/server/context'
import type { Row, TableFormat } from './format'

const ROWS_A_READ = 2_000

/** Ids of the rows of a contract, by the tables whose rows are found by them. */
export type Parts = {
  contractId: string
  tasks: string[]
  segments: string[]
  sources: string[]
  operations: string[]
  repositories: string[]
  worktrees: string[]
}

const list = (ids: string[]): SQL =>
  ids.length === 0
    ? sql`(null::uuid)`
    : sql`(${sql.join(
        ids.map((id) => sql`${id}::uuid`),
        sql`, `,
      )})`

/** Everything that a contract reaches: also segments of other contracts that its conversations go through. */
export async function collectParts(ctx: Context, contractId: string): Promise<Parts> {
  const ids = async (query: SQL) => (await ctx.db.execute<{ id: string }>(query)).map(({ id }) => id)
  const tasks = await ids(sql`select id from tasks where contract_id = ${contractId} order by id`)
  const segments = await ids(sql`
    with recursive path as (
      select id, parent_segment_id from segments where task_id in ${list(tasks)}
      union select s.id, s.parent_segment_id from segments s join path p on s.id = p.parent_segment_id)
    select id from path`)
  const sources = await ids(sql`
    with recursive used as (
      select id from transcript_sources where task_id in ${list(tasks)}
      union select source_id from transcript_feeds where task_id in ${list(tasks)}
      union select source_id from messages where segment_id in ${list(segments)} and source_id is not null
      union select result_source_id from messages where segment_id in ${list(segments)} and result_source_id is not null),
    whole as (
      select id from used
      union select x.id from whole w join transcript_sources s on s.id = w.id
        cross join lateral (values (s.prefix_of), (s.replaces)) as x(id) where x.id is not null)
    select id from whole`)
  const operations = await ids(sql`
    select id from operations
    where (contract_id = ${contractId} or task_id in ${list(tasks)}) and state not in ('queued', 'running')`)
  const repositories = await ids(sql`
    select repository_id as id from contracts where id = ${contractId} and repository_id is not null
    union select repository_id from tasks where id in ${list(tasks)} and repository_id is not null
    union select repository_id from task_checkpoints where task_id in ${list(tasks)}
    union select repository_id from operations where id in ${list(operations)} and repository_id is not null`)
  const worktrees = await ids(sql`
    select worktree_id as id from tasks where id in ${list(tasks)} and worktree_id is not null
    union select worktree_id from task_checkpoints where task_id in ${list(tasks)} and worktree_id is not null
    union select worktree_id from operations where id in ${list(operations)} and worktree_id is not null`)
  return { contractId, tasks, segments, sources, operations, repositories, worktrees }
}

/** The condition that picks a table's rows of the contract. */
function whichRows(name: string, parts: Parts): SQL {
  const { contractId, tasks, segments, sources, operations, repositories, worktrees } = parts
  const conditions: Record<string, SQL> = {
    repositories: sql`id in ${list(repositories)}`,
    worktrees: sql`id in ${list(worktrees)}`,
    contracts: sql`id = ${contractId}`,
    tasks: sql`id in ${list(tasks)}`,
    segments: sql`id in ${list(segments)}`,
    conversation_snapshots: sql`task_id in ${list(tasks)}`,
    transcript_sources: sql`id in ${list(sources)}`,
    transcript_feeds: sql`task_id in ${list(tasks)}`,
    messages: sql`segment_id in ${list(segments)}`,
    task_checkpoints: sql`task_id in ${list(tasks)}`,
    operations: sql`id in ${list(operations)}`,
    shelf_items: sql`operation_id in ${list(operations)} and emptied_at is null`,
    // One that is under way is this Makima's.
    runs: sql`task_id in ${list(tasks)} and state in ('done', 'failed', 'stopped', 'interrupted')`,
    native_sessions: sql`task_id in ${list(tasks)}`,
    history_events: sql`contract_id = ${contractId}`,
  }
  const condition = conditions[name]
  if (!condition) throw new Error(`a contract's rows of ${name} cannot be found`)
  return condition
}

/** The rows of one table, in the order of its key. */
export async function* readRows(ctx: Context, { name, key, leaves }: TableFormat, parts: Parts): AsyncGenerator<Row> {
  const columns = sql.join(
    key.map((column) => sql.identifier(column)),
    sql`, `,
  )
  let after: Row | undefined
  for (;;) {
    // As text the key goes back and forth without loss; its column says what it is.
    const values =
      after &&
      sql.join(
        key.map((column) => sql`${String(after?.[column])}`),
        sql`, `,
      )
    const rows: { row: Row }[] = await ctx.db.execute<{ row: Row }>(sql`
      select row_to_json(t) as row from ${sql.identifier(name)} t
      where ${whichRows(name, parts)} ${values ? sql`and (${columns}) > (${values})` : sql``}
      order by ${columns} limit ${ROWS_A_READ}`)
    for (const { row } of rows) {
      for (const column of leaves) delete row[column]
      yield row
    }
    after = rows.at(-1)?.row
    if (rows.length < ROWS_A_READ) return
  }
}
