// Finds and blanks one string in every column that holds words.
import { type SQL, sql } from 'drizzle-orm'
import type { Context } from '@/server/context'
import type { Counted } from './forget-inputs'
import { blankText, type Matcher, plainMatcher } from './blank'
import { PLACES, WORDS } from './string-columns'

/** As what rows of a table are counted. */
const KINDS: Record<string, Counted> = {
  contracts: 'titles',
  tasks: 'titles',
  messages: 'messages',
  task_checkpoints: 'checkpoints',
  operations: 'operations',
  runs: 'runs',
  shares: 'shares',
  share_pages: 'shares',
  history_events: 'events',
  imports: 'imports',
  import_sources: 'imports',
}

/** True for a column that holds one of the spellings. */
const holds = (column: string, spellings: readonly string[]): SQL => {
  const text = sql`${sql.identifier(column)}::text`
  return sql`(${sql.join(
    spellings.map((spelling) => sql`strpos(${text}, ${spelling}) > 0`),
    sql` or `,
  )})`
}

const holdsAny = (columns: readonly string[], spellings: readonly string[]): SQL =>
  sql`(${sql.join(
    columns.map((column) => holds(column, spellings)),
    sql` or `,
  )})`

/** How many rows of each kind hold it. */
export async function countStringRows(
  ctx: Context,
  spellings: readonly string[],
): Promise<Partial<Record<Counted, number>>> {
  const counts: Partial<Record<Counted, number>> = {}
  for (const [table, columns] of Object.entries(WORDS)) {
    const [row] = await ctx.db.execute<{ n: number }>(sql`
      select count(*)::int as n from ${sql.identifier(table)} where ${holdsAny(Object.keys(columns), spellings)}`)
    const kind = KINDS[table] ?? 'otherRows'
    counts[kind] = (counts[kind] ?? 0) + (row?.n ?? 0)
  }
  return { ...counts, searchRows: counts.messages ?? 0 }
}

/** Rows in which it is part of where something lies. */
export async function countStringPlaces(ctx: Context, spellings: readonly string[]): Promise<number> {
  let n = 0
  for (const [table, columns] of Object.entries(PLACES)) {
    const [row] = await ctx.db.execute<{ n: number }>(sql`
      select count(*)::int as n from ${sql.identifier(table)} where ${holdsAny(columns, spellings)}`)
    n += row?.n ?? 0
  }
  return n
}

/** In the transaction that `ctx.db` is in. Words of messages that changed are read for the search anew. */
export async function blankStringRows(ctx: Context, spellings: readonly string[]): Promise<void> {
  await ctx.db.execute(sql`
    with changed as (
      select segment_id, seq from messages where ${holdsAny(Object.keys(WORDS.messages ?? {}), spellings)}),
    gone as (
      delete from message_search s using changed c where s.segment_id = c.segment_id and s.seq = c.seq),
    firsts as (select segment_id, min(seq) as seq from changed group by segment_id)
    update segments g set searchable_to = least(g.searchable_to, f.seq - 1) from firsts f where g.id = f.segment_id`)
  for (const [table, columns] of Object.entries(WORDS)) await blankTable(ctx, table, columns, spellings)
}

const ROWS_A_STEP = 200

type Place = { part: string; row: string }

/** Row by row: in JSON a letter that belongs to an escape must stay, and PostgreSQL cannot tell. */
async function blankTable(
  ctx: Context,
  table: string,
  columns: Record<string, 'text' | 'json'>,
  spellings: readonly string[],
): Promise<void> {
  const names = Object.keys(columns)
  // A row has no better name in all tables alike; locked, it keeps this one.
  const places = await ctx.db.execute<Place>(sql`
    select tableoid::text as part, ctid::text as row from ${sql.identifier(table)}
    where ${holdsAny(names, spellings)} for update`)
  const matcher = plainMatcher(spellings)
  for (let from = 0; from < places.length; from += ROWS_A_STEP) {
    for (const place of places.slice(from, from + ROWS_A_STEP)) await blankRow(ctx, table, columns, matcher, place)
  }
}

async function blankRow(
  ctx: Context,
  table: string,
  columns: Record<string, 'text' | 'json'>,
  matcher: Matcher,
  { part, row }: Place,
): Promise<void> {
  const where = sql`tableoid = ${part}::oid and ctid = ${row}::tid`
  const texts = sql.join(
    Object.keys(columns).map((column) => sql`${sql.identifier(column)}::text as ${sql.identifier(column)}`),
    sql`, `,
  )
  const [found] = await ctx.db.execute<Record<string, string | null>>(
    sql`select ${texts} from ${sql.identifier(table)} where ${where}`,
  )
  const changes = Object.entries(found ?? {}).flatMap(([column, text]) => {
    if (text === null) return []
    const isJson = columns[column] === 'json'
    const blanked = isJson ? blankJson(matcher, text) : blankText(matcher, text, !JSON_TEXT.has(`${table}.${column}`))
    if (blanked === text) return []
    return [sql`${sql.identifier(column)} = ${isJson ? sql`${blanked}::text::jsonb` : blanked}`]
  })
  if (changes.length === 0) return
  await ctx.db.execute(sql`update ${sql.identifier(table)} set ${sql.join(changes, sql`, `)} where ${where}`)
}

/** Texts that are JSON. */
const JSON_TEXT = new Set(['messages.tool_input'])

/** In values, and in names of members too, but never over the end of one: it must stay JSON that means the same. */
function blankJson(matcher: Matcher, text: string): string {
  const within = (value: unknown): unknown => {
    if (typeof value === 'string') return blankText(matcher, value, true)
    if (Array.isArray(value)) return value.map(within)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [blankText(matcher, name, true), within(inner)]),
    )
  }
  return JSON.stringify(within(JSON.parse(text)))
}
