// The write-ahead log of a SQLite database: pages that were committed but are not in the database file yet.
// The layout is that of sqlite.org/fileformat2.html#the_write_ahead_log.

const HEADER_BYTES = 32
const FRAME_BYTES = 24
const LITTLE_ENDIAN = 0x377f0682
const BIG_ENDIAN = 0x377f0683

export type WriteAheadLog = {
  pageSize: number
  /** The newest committed content of each page. */
  pages: Map<number, Buffer>
}

/** What is committed in the log; null when it holds nothing that counts. Half a frame at the end is no commit. */
export function parseWriteAheadLog(bytes: Buffer): WriteAheadLog | null {
  if (bytes.length < HEADER_BYTES) return null
  const magic = bytes.readUInt32BE(0)
  if (magic !== LITTLE_ENDIAN && magic !== BIG_ENDIAN) return null
  const pageSize = bytes.readUInt32BE(8)
  const sum = new Checksum(magic === BIG_ENDIAN)
  sum.add(bytes.subarray(0, 24))
  if (!sum.equals(bytes, 24)) return null
  const pages = new Map<number, Buffer>()
  let waiting: [number, Buffer][] = []
  const frame = FRAME_BYTES + pageSize
  for (let at = HEADER_BYTES; at + frame <= bytes.length; at += frame) {
    // Frames of an earlier round stay behind the newest one until they are written over; their salts are others.
    if (bytes.compare(bytes, 16, 24, at + 8, at + 16) !== 0) break
    const page = bytes.subarray(at + FRAME_BYTES, at + frame)
    sum.add(bytes.subarray(at, at + 8))
    sum.add(page)
    if (!sum.equals(bytes, at + 16)) break
    waiting.push([bytes.readUInt32BE(at), page])
    if (bytes.readUInt32BE(at + 4) === 0) continue
    for (const [number, content] of waiting) pages.set(number, content)
    waiting = []
  }
  return pages.size === 0 ? null : { pageSize, pages }
}

class Checksum {
  private first = 0
  private second = 0

  constructor(private readonly isBigEndian: boolean) {}

  add(bytes: Buffer): void {
    for (let at = 0; at + 8 <= bytes.length; at += 8) {
      this.first = (this.first + this.word(bytes, at) + this.second) >>> 0
      this.second = (this.second + this.word(bytes, at + 4) + this.first) >>> 0
    }
  }

  equals(bytes: Buffer, at: number): boolean {
    return bytes.readUInt32BE(at) === this.first && bytes.readUInt32BE(at + 4) === this.second
  }

  private word(bytes: Buffer, at: number): number {
    return this.isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)
  }
}
