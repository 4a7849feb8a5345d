// Reads records back out of the stored pieces of sources.
import { sql } from 'drizzle-orm'
import type { Context } from '@/server/context'
import { BLOCK_BYTES } from '@/server/transcripts/json-values'
import { type StoredPiece, unpackPiece } from './packed-piece'

export type RecordPlace = { sourceId: string; offset: number; length: number }

/**
 * The bytes at each place, in order; a record may span several pieces. What is missing comes as fewer bytes.
 * `atMost` cuts each record.
 */
export async function readRecords(ctx: Context, places: readonly RecordPlace[], atMost = 2_000_000): Promise<Buffer[]> {
  if (places.length === 0) return []
  const wanted = places.map((place) => ({
    source_id: place.sourceId,
    first: place.offset,
    past: place.offset + Math.min(place.length, atMost),
  }))
  const parts: Buffer[][] = places.map(() => [])
  for (const { source_id, start, size, ...stored } of await findPieces(ctx, wanted)) {
    const bytes = unpackPiece(stored, size)
    for (const [place, { first, past, ...of }] of wanted.entries()) {
      if (of.source_id !== source_id || past <= start || first >= start + bytes.length) continue
      // A copy, as a piece may be far larger than what is wanted of it.
      parts[place]?.push(Buffer.from(bytes.subarray(Math.max(first - start, 0), past - start)))
    }
  }
  return parts.map((list) => (list.length === 1 && list[0] ? list[0] : Buffer.concat(list)))
}

type Stretch = { source_id: string; first: number; past: number }
type Piece = StoredPiece & { source_id: string; start: number; size: number }

/**
 * The pieces that hold something of the stretches, each once and those of one source in order. `offset 0` keeps the search
 * a look into the index for each stretch: rows are so small that the planner would rather read all of them.
 */
async function findPieces(ctx: Context, wanted: Stretch[]): Promise<Piece[]> {
  const rows = await ctx.db.execute<Piece>(sql`
    ${chainOf(
      ctx,
      wanted.map((stretch) => stretch.source_id),
    )}
    select w.source_id, c.start_offset::float8 as start, c.size, c.packed, c.raw
    from json_to_recordset(${JSON.stringify(joinNear(wanted))}::text::json) as w(source_id uuid, first bigint, past bigint)
    join chain h on h.wanted = w.source_id and h.prefix_of is null
    join lateral (
      select * from transcript_chunks c
      where c.source_id = h.holder and c.start_offset < w.past and c.start_offset >= coalesce((
        select max(b.start_offset) from transcript_chunks b
        where b.source_id = h.holder and b.start_offset <= w.first), 0)
        and c.start_offset + c.size > w.first
      offset 0
    ) c on true
    order by w.source_id, c.start_offset`)
  // One that is larger than the gap between two stretches may be found for both.
  return rows.filter((row, i) => row.source_id !== rows[i - 1]?.source_id || row.start !== rows[i - 1]?.start)
}

/** Stretches that lie in one piece, or in one and the next, as one: a piece is sent once for all that is wanted of it. */
function joinNear(wanted: Stretch[]): Stretch[] {
  const joined: Stretch[] = []
  for (const next of wanted.toSorted((a, b) => a.source_id.localeCompare(b.source_id) || a.first - b.first)) {
    const last = joined.at(-1)
    if (last?.source_id === next.source_id && next.first - last.past < BLOCK_BYTES)
      last.past = Math.max(last.past, next.past)
    else joined.push({ ...next })
  }
  return joined
}

/** A source that is the beginning of another has no bytes of its own: answers who holds them. */
export async function findHolders(ctx: Context, sourceIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await ctx.db.execute<{ wanted: string; holder: string }>(sql`
    ${chainOf(ctx, sourceIds)}
    select wanted, holder from chain where prefix_of is null`)
  return new Map(rows.map((row) => [row.wanted, row.holder]))
}

/** From each of a person's sources to the one that it is the beginning of, and so on to the one that has the bytes. */
function chainOf(ctx: Context, sourceIds: readonly string[]) {
  return sql`
    with recursive chain as (
      select s.id as wanted, s.id as holder, s.prefix_of, 0 as depth from transcript_sources s
      where s.owner_id = ${ctx.actor.ownerId}
        and s.id in (select e::uuid from json_array_elements_text(${JSON.stringify([...new Set(sourceIds)])}::text::json) e)
      union all
      select c.wanted, s.id, s.prefix_of, c.depth + 1
      from chain c join transcript_sources s on s.id = c.prefix_of where c.depth < 10000
    )`
}
