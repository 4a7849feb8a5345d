// By the beginning of its bytes a transcript is known again that names no session, wherever its file lies.

const LEAST = 64
const MOST = 4096

/** Lengths of which hashes are kept and asked for: a file that grew still has its old beginning. */
export function beginningSizes(bytes: number): number[] {
  const sizes: number[] = []
  for (let size = MOST; size >= LEAST; size /= 2) if (size <= bytes) sizes.push(size)
  return sizes
}

export async function readBeginning(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const found: Buffer[] = []
  let length = 0
  for await (const piece of pieces) {
    found.push(piece)
    length += piece.length
    if (length >= MOST) break
  }
  return Buffer.concat(found).subarray(0, MOST)
}
