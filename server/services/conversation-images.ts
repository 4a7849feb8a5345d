// The images of messages, out of the agent's own records.
import type { Context } from '@/server/context'
import { readOwnRecords } from './conversation'
import { readRows } from './conversation-rows'
import { findImages, type Image } from './conversation-whole'
import { fromMessageId } from './message-id'

/** Records are read whole for it: a few at a time. */
const MESSAGES_A_READ = 20

/** The images of each message that has some. */
export async function readImages(ctx: Context, messageIds: string[]): Promise<Map<string, Image[]>> {
  const found = new Map<string, Image[]>()
  for (let from = 0; from < messageIds.length; from += MESSAGES_A_READ) {
    const ids = messageIds.slice(from, from + MESSAGES_A_READ)
    const rows = await readRows(
      ctx,
      ids.map((id, start) => {
        const { segmentId, seq } = fromMessageId(id)
        return { segmentId, fromSeq: seq, toSeq: seq, start }
      }),
    )
    const records = await readOwnRecords(ctx, rows)
    for (const [index, { position }] of rows.entries()) {
      const images = (records[index] ?? []).flatMap((record) => findImages(record))
      const id = ids[position]
      if (id && images.length > 0) found.set(id, images)
    }
  }
  return found
}
