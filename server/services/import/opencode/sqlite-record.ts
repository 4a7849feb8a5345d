// A row of a SQLite table as it lies in its page. The layout is that of sqlite.org/fileformat2.html#record_format.

/** A longer text is read up to here: a string cannot be as long as a text in SQLite. */
const MOST_TEXT_BYTES = 64 << 20

export type SqliteValue = string | number | null

/** A row whose first bytes are at hand; the rest is fetched when a column lies in it. */
export class SqliteRow {
  private readonly columns: { type: number; offset: number; length: number }[] = []
  private whole: Buffer | null = null

  constructor(
    private readonly beginning: Buffer,
    private readonly fetch: () => Buffer,
  ) {
    const [headerLength, start] = readVarint(beginning, 0)
    const header = headerLength <= beginning.length ? beginning : this.bytes()
    let offset = headerLength
    for (let at = start; at < headerLength; ) {
      const [type, next] = readVarint(header, at)
      const length = lengthOf(type)
      this.columns.push({ type, offset, length })
      offset += length
      at = next
    }
  }

  /** The value of a column; null also for a column that was added after the row was written. */
  value(column: number): SqliteValue {
    const found = this.columns[column]
    if (found === undefined) return null
    const { type, offset, length } = found
    const bytes = offset + length <= this.beginning.length ? this.beginning : this.bytes()
    if (offset + length > bytes.length) throw new RangeError('a row is shorter than it says')
    if (type >= 12 && length > MOST_TEXT_BYTES) return bytes.toString('utf8', offset, offset + MOST_TEXT_BYTES)
    if (type >= 12) return bytes.toString('utf8', offset, offset + length)
    if (type === 7) return bytes.readDoubleBE(offset)
    if (type === 8 || type === 9) return type - 8
    if (length === 0) return null
    return length === 8 ? Number(bytes.readBigInt64BE(offset)) : bytes.readIntBE(offset, length)
  }

  /** Bytes that the value of a column takes. */
  length(column: number): number {
    return this.columns[column]?.length ?? 0
  }

  private bytes(): Buffer {
    this.whole ??= this.fetch()
    return this.whole
  }
}

/** A number of variable length and where the next byte is. */
export function readVarint(bytes: Buffer, start: number): [value: number, next: number] {
  let value = 0
  for (let at = start; at < start + 8; at++) {
    const byte = bytes.readUInt8(at)
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) return [value, at + 1]
  }
  return [value * 256 + bytes.readUInt8(start + 8), start + 9]
}

const INTEGERS = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0]

function lengthOf(type: number): number {
  return type < 12 ? (INTEGERS[type] ?? 0) : Math.floor((type - 12) / 2)
}
