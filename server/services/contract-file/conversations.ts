// Refuses a file whose conversations go on without end: whoever reads one goes as far as its rows say.
import { sql } from 'drizzle-orm'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import type { Known } from './take-rows'

/** @throws AppError `invalid` for a conversation that is longer than its messages, or that leads back to itself. */
export async function refuseEndlessConversations(ctx: Context, known: Known): Promise<void> {
  const ids = (table: string) => sql`${sql.param([...(known.get(table) ?? [])].map(String))}::uuid[]`
  const [broken] = await ctx.db.execute(sql`
    with recursive own as (select id, parent_segment_id, parent_seq, length from segments where id = any(${ids('segments')})),
    rooted as (
      select id from own where parent_segment_id is null or parent_segment_id not in (select id from own)
      union select o.id from own o join rooted r on r.id = o.parent_segment_id),
    held as (
      select o.id, coalesce((select max(m.seq) from messages m where m.segment_id = o.id), 0) as length from own o)
    select 1 from own o join held h using (id) where o.length > h.length or o.id not in (select id from rooted)
    union all
    select 1 from own o join held h on h.id = o.parent_segment_id where o.parent_seq > h.length
    union all
    select 1 from tasks t join held h on h.id = t.head_segment_id
      where t.id = any(${ids('tasks')}) and t.head_seq > h.length
    limit 1`)
  if (!broken) return
  throw new AppError(
    'invalid',
    'A conversation of the file is longer than its messages. Nothing was taken; ask for the file anew.',
  )
}
