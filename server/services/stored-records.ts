// Reads records back out of the stored bytes of sources. Offsets are bytes, so texts are cut as bytes, on the server:
// a piece can be a megabyte and a record a few hundred bytes of it.
import { sql } from 'drizzle-orm'
import type { Context } from '@/server/context'

export type RecordPlace = { sourceId: string; offset: number; length: number }

/**
 * The bytes at each place, in order; a record may span several pieces. What is missing comes as fewer bytes.
 * `atMost` cuts each record.
 */
export async function readRecords(ctx: Context, places: readonly RecordPlace[], atMost = 2_000_000): Promise<Buffer[]> {
  if (places.length === 0) return []
  const holders = await findHolders(ctx, [...new Set(places.map((place) => place.sourceId))])
  const wanted = places.map((place, i) => ({
    place: i,
    source_id: holders.get(place.sourceId) ?? place.sourceId,
    first: place.offset,
    past: place.offset + Math.min(place.length, atMost),
  }))
  const rows = await ctx.db.execute<{ place: number; bytes: Buffer }>(sql`
    select w.place, substring(
      coalesce(c.raw, convert_to(c.body, 'UTF8'))
      from (greatest(w.first - c.start_offset, 0) + 1)::int
      for (least(w.past, c.start_offset + c.size) - greatest(w.first, c.start_offset))::int) as bytes
    from json_to_recordset(${JSON.stringify(wanted)}::text::json) as w(place int, source_id uuid, first bigint, past bigint)
    join lateral (
      select * from transcript_chunks c
      where c.source_id = w.source_id and c.start_offset < w.past and c.start_offset >= coalesce((
        select max(b.start_offset) from transcript_chunks b
        where b.source_id = w.source_id and b.start_offset <= w.first), 0)
        and c.start_offset + c.size > w.first
    ) c on true
    order by w.place, c.start_offset`)
  const parts: Buffer[][] = places.map(() => [])
  for (const row of rows) parts[row.place]?.push(row.bytes)
  return parts.map((list) => (list.length === 1 && list[0] ? list[0] : Buffer.concat(list)))
}

/** A source that is the beginning of another has no bytes of its own: answers who holds them. */
export async function findHolders(ctx: Context, sourceIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await ctx.db.execute<{ wanted: string; holder: string }>(sql`
    with recursive chain as (
      select s.id as wanted, s.id as holder, s.prefix_of, 0 as depth from transcript_sources s
      where s.owner_id = ${ctx.actor.ownerId}
        and s.id in (select e::uuid from json_array_elements_text(${JSON.stringify(sourceIds)}::text::json) e)
      union all
      select c.wanted, s.id, s.prefix_of, c.depth + 1
      from chain c join transcript_sources s on s.id = c.prefix_of where c.depth < 10000
    )
    select wanted, holder from chain where prefix_of is null`)
  return new Map(rows.map((row) => [row.wanted, row.holder]))
}
