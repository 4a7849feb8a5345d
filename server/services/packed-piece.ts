// How a piece of a transcript lies in the database. Packed it is a quarter of its size, and that makes an import faster
// too: less goes to the server, into its log and onto the disk, and PostgreSQL need not pack anything itself.
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'

/** A piece as a row holds it: `raw` where packing would not make it smaller. */
export type StoredPiece = { packed: Buffer | null; raw: Buffer | null }

/** The fastest that still finds repetitions; higher ones take several times as long for a tenth less. */
const QUALITY = 1
/** Enough to look back over a whole piece of the usual size. */
const WINDOW_BITS = 17

/**
 * Packs a piece, about 300 MB a second. In this thread on purpose: pieces are so small that handing them to another
 * one costs several times what packing does.
 */
export function packPiece(bytes: Buffer): StoredPiece {
  const packed = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY, [constants.BROTLI_PARAM_LGWIN]: WINDOW_BITS },
    chunkSize: Math.max(bytes.length >> 1, 1024),
  })
  return packed.length < bytes.length ? { packed, raw: null } : { packed: null, raw: bytes }
}

/** The `size` bytes of a piece as they were read. */
export function unpackPiece({ packed, raw }: StoredPiece, size: number): Buffer {
  if (packed === null) return raw ?? Buffer.alloc(0)
  return brotliDecompressSync(packed, { chunkSize: Math.max(size, 1024) })
}
