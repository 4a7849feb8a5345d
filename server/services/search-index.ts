// Fills the words that can be searched for, behind the import: beside it they would cost it three quarters of its speed.
import { sql } from 'drizzle-orm'
import type { Context } from '@/server/context'

const SEGMENTS_A_STEP = 50
const ROWS_A_STEP = 500
/** Part words here: PostgreSQL would take `src/store.ts:12` or `<b>` for one thing, and nobody finds `store`. In questions too, see search.ts. */
const SIGNS = '/.:<>@-+=~%?#&'
/** What of one row is read for words; a tsvector holds a megabyte. */
const CHARACTERS = 100_000

/** Reads some rows that came since; answers with how many. 0: there are none, or an import is under way and is let through first. */
export async function indexSome(ctx: Context): Promise<number> {
  const [step] = await ctx.db.execute<{ rows: number }>(sql`
    with todo as (
      select id, searchable_to as done, least(length, searchable_to + ${ROWS_A_STEP}::int) as upto from segments
      where searchable_to < length and not exists (select from imports where state = 'running')
      order by id desc limit ${SEGMENTS_A_STEP} for update skip locked),
    found as (
      insert into message_search (segment_id, seq, owner_id, part, document)
      select m.segment_id, m.seq, m.owner_id, 0, to_tsvector('simple', translate(left(concat_ws(' ',
        left(m.text, ${CHARACTERS}::int), left(m.tool_input, ${CHARACTERS}::int), m.tool_result), ${CHARACTERS}::int),
        ${SIGNS}, ${' '.repeat(SIGNS.length)}))
      from todo t join messages m on m.segment_id = t.id and m.seq > t.done and m.seq <= t.upto
      where coalesce(m.text, m.tool_input, m.tool_result) is not null
      on conflict (segment_id, seq, part) do update set document = excluded.document),
    noted as (
      update segments s set searchable_to = t.upto from todo t where s.id = t.id returning t.upto - t.done as rows)
    select coalesce(sum(rows), 0)::int as rows from noted`)
  return step?.rows ?? 0
}
