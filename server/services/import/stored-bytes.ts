// Reads the bytes of a source back out of its chunks, exactly as they were read in.
import { createHash } from 'node:crypto'
import { and, asc, eq, gt, gte, lt } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { transcriptChunks } from '@/db/talk-tables'
import { unpackPiece } from '@/server/services/packed-piece'

const CHUNKS_A_READ = 32

/** The chunks of a source from one offset up to another, in order; each is a whole block. Constant memory. */
export async function* readStoredBlocks(
  db: Database,
  sourceId: string,
  from: number,
  to: number,
): AsyncGenerator<{ offset: number; bytes: Buffer }> {
  let next = from
  let inclusive = true
  while (next < to) {
    const rows = await db
      .select()
      .from(transcriptChunks)
      .where(
        and(
          eq(transcriptChunks.sourceId, sourceId),
          inclusive ? gte(transcriptChunks.startOffset, next) : gt(transcriptChunks.startOffset, next),
          lt(transcriptChunks.startOffset, to),
        ),
      )
      .orderBy(asc(transcriptChunks.startOffset))
      .limit(CHUNKS_A_READ)
    if (rows.length === 0) return
    for (const row of rows) {
      yield { offset: row.startOffset, bytes: unpackPiece(row, row.size) }
      next = row.startOffset
    }
    inclusive = false
  }
}

/** SHA-256 of the first `length` bytes of a stored source. */
export async function hashStoredPrefix(db: Database, sourceId: string, length: number): Promise<Buffer> {
  const hash = createHash('sha256')
  for await (const { offset, bytes } of readStoredBlocks(db, sourceId, 0, length))
    hash.update(bytes.subarray(0, length - offset))
  return hash.digest()
}
