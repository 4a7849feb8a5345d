// Finds and blanks one string in the kept bytes of transcripts. Lengths stay, so that every message still knows its record.
import { eq, sql } from 'drizzle-orm'
import { transcriptChunks, transcriptSources } from '@/db/talk-tables'
import type { Context } from '@/server/context'
import { hashStoredPrefix } from '@/server/services/import/stored-bytes'
import { packPiece, unpackPiece } from '@/server/services/packed-piece'
import { blankBytes, type Matcher } from './blank'
import { keepsStructure } from './record-structure'

const ROWS_A_READ = 200

type Piece = typeof transcriptChunks.$inferSelect

/** All pieces in the order of their key, some at a time. */
async function* readPieces(ctx: Context): AsyncGenerator<Piece> {
  let last: Piece | undefined
  for (;;) {
    const rows: Piece[] = await ctx.db
      .select()
      .from(transcriptChunks)
      .where(last ? sql`(source_id, start_offset) > (${last.sourceId}::uuid, ${last.startOffset}::bigint)` : undefined)
      .orderBy(transcriptChunks.sourceId, transcriptChunks.startOffset)
      .limit(ROWS_A_READ)
    yield* rows
    last = rows.at(-1)
    if (rows.length < ROWS_A_READ) return
  }
}

/** Sources whose bytes hold it. `isStructure`: a record would not be one any more without it. */
export async function findStringSources(
  ctx: Context,
  matcher: Matcher,
): Promise<{ sources: Set<string>; isStructure: boolean }> {
  const sources = new Set<string>()
  let isStructure = false
  for await (const piece of readPieces(ctx)) {
    const bytes = unpackPiece(piece, piece.size)
    const blanked = blankBytes(matcher, bytes)
    if (!blanked) continue
    sources.add(piece.sourceId)
    isStructure ||= !keepsStructure(bytes, blanked.bytes)
  }
  return { sources, isStructure }
}

/** In the transaction that `ctx.db` is in. The sources are marked: they are no longer byte for byte the agent's. */
export async function blankStringChunks(ctx: Context, matcher: Matcher): Promise<void> {
  const changed = new Map<string, number>()
  for await (const piece of readPieces(ctx)) {
    const blanked = blankBytes(matcher, unpackPiece(piece, piece.size))
    if (!blanked) continue
    await ctx.db
      .update(transcriptChunks)
      .set(packPiece(blanked.bytes))
      .where(sql`source_id = ${piece.sourceId} and start_offset = ${piece.startOffset}`)
    changed.set(piece.sourceId, (changed.get(piece.sourceId) ?? 0) + blanked.places)
  }
  for (const [id, places] of changed) await markSource(ctx, id, places)
}

/** Also those that are only its beginning. Their hashes are those of the blanked bytes: so the agent's file is known again. */
async function markSource(ctx: Context, id: string, places: number): Promise<void> {
  const sources = await ctx.db
    .select({ id: transcriptSources.id, bytes: transcriptSources.bytes, hash: transcriptSources.contentHash })
    .from(transcriptSources)
    .where(sql`id = ${id} or prefix_of = ${id}`)
  for (const source of sources) {
    const contentHash = source.hash === null ? null : await hashStoredPrefix(ctx.db, id, source.bytes)
    await ctx.db
      .update(transcriptSources)
      .set({ contentHash, blanked: sql`blanked + ${places}::int`, blankedAt: ctx.now() })
      .where(eq(transcriptSources.id, source.id))
  }
}
