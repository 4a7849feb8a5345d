// What was imported: the list of sources, and each of them as it was read, byte for byte.
import { and, desc, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import { transcriptSources } from '@/db/talk-tables'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { decodePlace, encodePlace } from './cursors'
import { cursorInput, limitInput } from './inputs'
import { readStoredBlocks } from './import/stored-bytes'
import { toSourceView } from './imports'
import { showPath } from './uploads'
import { findHolders } from './stored-records'
import type { Page, SourceView } from './views'

export const sourceListInput = z.object({ cursor: cursorInput, limit: limitInput })

/** Newest first. */
export async function listSources(ctx: Context, input: z.infer<typeof sourceListInput>): Promise<Page<SourceView>> {
  const own = eq(transcriptSources.ownerId, ctx.actor.ownerId)
  const place = input.cursor ? decodePlace(input.cursor) : null
  const { createdAt, id } = transcriptSources
  const rows = await ctx.db
    .select()
    .from(transcriptSources)
    .where(place ? and(own, sql`(${createdAt}, ${id}) < (${place.at}::timestamptz, ${place.id}::uuid)`) : own)
    .orderBy(desc(createdAt), desc(id))
    .limit(input.limit + 1)
  const page = rows.slice(0, input.limit)
  const last = page.at(-1)
  return {
    entries: page.map((row) => toSourceView(showPath(ctx, row.path), row, row.replacedAt ? 'rewritten' : null, null)),
    nextCursor: rows.length > input.limit && last ? encodePlace(last.createdAt, last.id) : null,
    previousCursor: null,
    totalCount: await ctx.db.$count(transcriptSources, own),
  }
}

/** `blanked`: how many places in it are no longer the agent's, as a string was forgotten. */
export type RawSource = { bytes: number; path: string; blanked: number; stream: ReadableStream<Uint8Array> }

/** The bytes of a source exactly as they were read, without holding more than a few pieces. Throws `not_found`. */
export async function openRawSource(ctx: Context, input: { id: string }): Promise<RawSource> {
  const [row] = await ctx.db
    .select({ bytes: transcriptSources.bytes, path: transcriptSources.path, blanked: transcriptSources.blanked })
    .from(transcriptSources)
    .where(and(eq(transcriptSources.id, input.id), eq(transcriptSources.ownerId, ctx.actor.ownerId)))
  if (!row) throw new AppError('not_found', 'There is no source with this id.')
  const holder = (await findHolders(ctx, [input.id])).get(input.id) ?? input.id
  const blocks = readStoredBlocks(ctx.db, holder, 0, row.bytes)
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await blocks.next()
      if (done) return controller.close()
      controller.enqueue(new Uint8Array(value.bytes.subarray(0, row.bytes - value.offset)))
    },
    async cancel() {
      await blocks.return(undefined)
    },
  })
  return { ...row, stream }
}
