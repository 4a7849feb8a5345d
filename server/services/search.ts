// Full-text search over everything that was said and done: messages, what tools were asked, what they answered.
import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { decodePlace, encodePlace } from './cursors'
import { cursorInput, idInput, limitInput, momentInput } from './inputs'
import { fromMessageId, toMessageId } from './message-id'
import type { SearchHit, SearchPage } from './views'

/** More than this many matches are not put in order of time: nobody reads so far, and sorting them would take seconds. */
const CANDIDATES = 20_000
/** What of a text is looked through for the place to show, and what of it is shown before and after that. */
const CHARACTERS = 100_000
const [BEFORE, SHOWN] = [60, 260]

export const searchInput = z.object({
  /** Words; "quoted" ones stand side by side, -word must not be there, the last one may be its beginning only. */
  q: z.string().trim().min(1, 'Say what to search for.').max(500),
  contractId: idInput.nullish(),
  taskId: idInput.nullish(),
  repositoryId: idInput.nullish(),
  agents: z.array(z.string().max(60)).max(100).nullish(),
  from: momentInput.nullish(),
  to: momentInput.nullish(),
  cursor: cursorInput,
  limit: limitInput,
})
export type SearchInput = z.output<typeof searchInput>

type Found = {
  segment_id: string
  seq: number
  at: string | null
  role: string
  kind: string
  tool_name: string | null
  task_id: string
  task_name: string
  contract_id: string
  contract_name: string
  agent: string
  text: string | null
  tool_input: string | null
  tool_result: string | null
}

/** What was asked, as PostgreSQL reads it, and the words of it that are to be seen. */
type Asked = { query: string; words: string[] }

/** Newest first. @throws AppError `invalid` when there is no word in what was asked. */
export async function search(ctx: Context, input: SearchInput): Promise<SearchPage> {
  const asked = await parseQuery(ctx, input.q)
  const rows = await ctx.db.execute<Found>(sql`
    with hits as materialized (
      select w.segment_id, w.seq, t.id as task_id from message_search w
        join segments s on s.id = w.segment_id join tasks t on t.id = s.task_id
      where w.owner_id = ${ctx.actor.ownerId} and w.document @@ ${asked.query}::tsquery
        and ${sql.join(placeConditions(input), sql` and `)}
      limit ${CANDIDATES + 1}),
    page as (
      select m.segment_id, m.seq, m.at, m.role, m.kind, m.tool_name, m.text, m.tool_input, m.tool_result,
        t.id as task_id, t.name as task_name, t.agent, c.id as contract_id, c.name as contract_name
      from hits h join messages m on m.segment_id = h.segment_id and m.seq = h.seq
        join tasks t on t.id = h.task_id join contracts c on c.id = t.contract_id
      where ${sql.join(timeConditions(input), sql` and `)}
      order by m.at desc nulls last, m.segment_id desc, m.seq desc limit ${input.limit + 1})
    select segment_id, seq, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, role, kind, tool_name,
      task_id, task_name, agent, contract_id, contract_name,
      ${sql.join(
        ['text', 'tool_input', 'tool_result'].map((column) => excerpt(column, asked.words)),
        sql`, `,
      )}
    from page`)
  const page = rows.slice(0, input.limit)
  const last = page.at(-1)
  const more = rows.length > input.limit && last
  return {
    hits: page.map((row) => toHit(row, asked.words)),
    cursor: more ? encodePlace(new Date(last.at ?? 0), toMessageId(last.segment_id, last.seq)) : null,
  }
}

/** The last word is open at its end: it may be half typed. */
async function parseQuery(ctx: Context, q: string): Promise<Asked> {
  // Inside of a word these part it, as they do in what is searched; before one, a minus takes it out.
  const text = q.replaceAll(/[/.:<>@\-+=~%?#&]/g, (sign, at: number) => (isMinus(q, at) ? sign : ' '))
  const isOpen = /[\p{L}\p{N}_]$/u.test(text)
  const [row] = await ctx.db.execute<{ query: string; nodes: number }>(sql`
    select w.query::text as query, numnode(w.query) as nodes from (select websearch_to_tsquery('simple', ${text}) as query) w`)
  if (!row || row.nodes === 0) throw new AppError('invalid', 'There is no word in this to search for.')
  const words = text
    .toLowerCase()
    .replaceAll(/(?<!\S)-("[^"]*"|\S+)/g, ' ')
    .match(/[\p{L}\p{N}]+/gu)
  return { query: isOpen && row.query.endsWith("'") ? `${row.query}:*` : row.query, words: [...new Set(words ?? [])] }
}

const isMinus = (q: string, at: number) => q[at] === '-' && (at === 0 || /\s/.test(q[at - 1] ?? ''))

/** Asked before matches are counted off: a common word is to be found in one task however often others say it. */
function placeConditions({ contractId, taskId, repositoryId, agents }: SearchInput): SQL[] {
  return [
    sql`true`,
    contractId ? sql`t.contract_id = ${contractId}` : null,
    taskId ? sql`t.id = ${taskId}` : null,
    repositoryId ? sql`t.repository_id = ${repositoryId}` : null,
    agents && agents.length > 0 ? sql`t.agent in ${agents}` : null,
  ].filter((condition) => condition !== null)
}

function timeConditions({ from, to, cursor }: SearchInput): SQL[] {
  const place = cursor ? decodePlace(cursor) : null
  const after = place && fromMessageId(place.id)
  return [
    sql`true`,
    from ? sql`m.at >= ${from.toISOString()}::timestamptz` : null,
    to ? sql`m.at < ${to.toISOString()}::timestamptz` : null,
    // Rows without a time come last, and their cursor says the beginning of time.
    place && after
      ? sql`(coalesce(m.at, 'epoch'), m.segment_id, m.seq) < (${place.at}::timestamptz, ${after.segmentId}::uuid, ${after.seq}::int)`
      : null,
  ].filter((condition) => condition !== null)
}

/** The stretch of a column around the first of the words; null where none of them is. */
function excerpt(column: string, words: string[]): SQL {
  const text = sql`left(${sql.identifier(column)}, ${CHARACTERS}::int)`
  const places = [...words.map((word) => sql`nullif(strpos(lower(${text}), ${word}), 0)`), sql`null::int`]
  const place = sql`least(${sql.join(places, sql`, `)})`
  return sql`substr(${text}, greatest(${place} - ${BEFORE}::int, 1), ${SHOWN}::int) as ${sql.identifier(column)}`
}

/** The part of the message in which something was found, with the places of the found words. */
function toHit(row: Found, words: string[]): SearchHit {
  const parts = [row.text, row.tool_input, row.tool_result].map((part) => (part ?? '').replaceAll(/\s+/g, ' ').trim())
  const marked = parts.map((part) => ({ part, matches: findWords(part, words) }))
  const best = marked.reduce((most, each) => (each.matches.length > most.matches.length ? each : most))
  return {
    taskId: row.task_id,
    taskName: row.task_name,
    contractId: row.contract_id,
    contractName: row.contract_name,
    agent: row.agent,
    messageId: toMessageId(row.segment_id, row.seq),
    role: row.role,
    kind: row.kind,
    toolName: row.tool_name,
    timestamp: row.at === null ? null : new Date(row.at),
    snippet: best.part,
    matches: best.matches,
  }
}

/** Where words begin that were asked for. They are letters and digits only, so that they mean nothing to a pattern. */
function findWords(text: string, words: string[]): [number, number][] {
  if (words.length === 0) return []
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join('|')})`, 'giu')
  return [...text.matchAll(pattern)].map(({ index, 0: word }) => [index, index + word.length])
}
