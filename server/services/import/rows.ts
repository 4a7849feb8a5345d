// Bulk writes of an import: pieces of sources, messages, and later facts about messages. Everything lies in the caller's transaction.
import { sql } from 'drizzle-orm'
import { type CopyRows, copyInto } from '@/db/copy'
import type { Database } from '@/db/client'
import { packPiece } from '@/server/services/packed-piece'
import { costOf } from '@/server/services/prices'
import { fitCost, fitCount, fitId, fitMoment, fitName } from '@/server/transcripts/fit-text'
import { cleanText } from '@/server/transcripts/row-text'
import type { Block, MessagePatch, PlacedMessage, ThreadKey, Usage } from '@/server/transcripts/types'

export type ChunkRow = { sourceId: string; block: Block }

/** Gives the id of a segment of a thread, and of a source by its number in the reader. */
export type Places = {
  segmentId(thread: ThreadKey, segment: number): string
  sourceId(source: number): string
  ownerId: string
}

const MESSAGE_COLUMNS = [
  'segment_id, seq, owner_id, role, kind, subtype, text, tool_name, tool_input, tool_result, is_error, duration_ms, model',
  'tokens_input, tokens_output, tokens_cache_read, tokens_cache_write, cost_usd, at, native_id, native_message_id, native_tool_id',
  'source_id, source_offset, source_length, result_source_id, result_offset, result_length, truncated',
]
  .join(', ')
  .split(', ')

/** Stores pieces byte for byte. */
export async function writeChunks(db: Database, chunks: ChunkRow[]): Promise<void> {
  if (chunks.length === 0) return
  await copyInto(db, 'transcript_chunks', ['source_id', 'start_offset', 'size', 'packed', 'raw'], async (rows) => {
    for (const { sourceId, block } of chunks) {
      const { packed, raw } = packPiece(block.bytes)
      rows.row(5)
      rows.uuid(sourceId)
      rows.bigint(block.offset)
      rows.int(block.bytes.length)
      rows.bytes(packed)
      rows.bytes(raw)
      await rows.flush()
    }
  })
}

export async function writeMessages(db: Database, messages: PlacedMessage[], places: Places): Promise<void> {
  if (messages.length === 0) return
  await copyInto(db, 'messages', MESSAGE_COLUMNS, async (rows) => {
    for (const message of messages) {
      writeMessage(rows, message, places)
      await rows.flush()
    }
  })
}

/** Whatever a reader put into a message fits its column here: one odd value must not cost the session. */
function writeMessage(rows: CopyRows, message: PlacedMessage, places: Places): void {
  const usage = message.usage && fitUsage(message.usage)
  const model = mapText(message.model, fitName)
  const at = fitMoment(message.at)
  rows.row(MESSAGE_COLUMNS.length)
  rows.uuid(places.segmentId(message.thread, message.segment))
  rows.int(message.seq)
  rows.uuid(places.ownerId)
  rows.text(message.role)
  rows.text(message.kind)
  rows.text(mapText(message.subtype, fitName))
  rows.text(mapText(message.text, cleanText))
  rows.text(mapText(message.toolName, fitName))
  rows.text(mapText(message.toolInput, cleanText))
  rows.text(mapText(message.toolResult, cleanText))
  rows.boolean(message.isError)
  rows.bigint(message.durationMs === null ? null : fitCount(message.durationMs))
  rows.text(model)
  rows.bigint(usage?.input ?? null)
  rows.bigint(usage?.output ?? null)
  rows.bigint(usage?.cacheRead ?? null)
  rows.bigint(usage?.cacheWrite ?? null)
  rows.double(usage && mapCost(message.cost ?? costOf(model, usage, at)))
  rows.moment(at)
  rows.text(mapText(message.nativeId, fitId))
  rows.text(mapText(message.nativeMessageId, fitId))
  rows.text(mapText(message.nativeToolId, fitId))
  rows.uuid(places.sourceId(message.source))
  rows.bigint(message.offset)
  rows.int(Math.min(message.length, MOST_INT))
  rows.uuid(message.resultSource === null ? null : places.sourceId(message.resultSource))
  rows.bigint(message.resultOffset)
  rows.int(message.resultLength === null ? null : Math.min(message.resultLength, MOST_INT))
  rows.boolean(message.truncated)
}

const MOST_INT = 2 ** 31 - 1
const mapText = (text: string | null, fit: (text: string) => string) => (text === null ? null : fit(text))

const mapCost = (cost: number | null) => (cost === null ? null : fitCost(cost))

const fitUsage = (usage: Usage): Usage => ({
  input: fitCount(usage.input),
  output: fitCount(usage.output),
  cacheRead: fitCount(usage.cacheRead),
  cacheWrite: fitCount(usage.cacheWrite),
})

/** Writes results and usages that came after their rows had been written. */
export async function writePatches(db: Database, patches: MessagePatch[], places: Places): Promise<void> {
  for (const patch of patches) {
    const segmentId = places.segmentId(patch.thread, patch.segment)
    if (patch.type === 'result') {
      await db.execute(sql`
        update messages set tool_result = ${mapText(patch.toolResult, cleanText)}, is_error = ${patch.isError},
          duration_ms = ${patch.durationMs === null ? null : fitCount(patch.durationMs)},
          result_source_id = ${places.sourceId(patch.resultSource)}, result_offset = ${patch.resultOffset},
          result_length = ${Math.min(patch.resultLength, MOST_INT)}, truncated = truncated or ${patch.truncated}
        where segment_id = ${segmentId} and seq = ${patch.seq}`)
      await searchAgain(db, segmentId, patch.seq)
    } else if (patch.type === 'text') {
      await db.execute(sql`
        update messages set text = ${cleanText(patch.text)}, source_id = ${places.sourceId(patch.source)}, source_offset = ${patch.offset},
          source_length = ${Math.min(patch.length, MOST_INT)}, truncated = ${patch.truncated}
        where segment_id = ${segmentId} and seq = ${patch.seq}`)
      await searchAgain(db, segmentId, patch.seq)
    } else {
      const usage = fitUsage(patch.usage)
      const [row] = await db.execute<{ model: string | null; at: number | null }>(
        sql`select model, (extract(epoch from at) * 1000)::float8 as at from messages where segment_id = ${segmentId} and seq = ${patch.seq}`,
      )
      await db.execute(sql`
        update messages set tokens_input = ${usage.input}, tokens_output = ${usage.output}, tokens_cache_read = ${usage.cacheRead},
          tokens_cache_write = ${usage.cacheWrite}, cost_usd = ${mapCost(patch.cost ?? costOf(row?.model ?? null, usage, row?.at ?? null))}
        where segment_id = ${segmentId} and seq = ${patch.seq}`)
    }
  }
}

/** A row that got more words is read once more by the search, with those after it. */
async function searchAgain(db: Database, segmentId: string, seq: number): Promise<void> {
  await db.execute(sql`
    update segments set searchable_to = ${seq - 1} where id = ${segmentId} and searchable_to >= ${seq}`)
}
