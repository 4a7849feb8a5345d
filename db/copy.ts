// Bulk loading by COPY in PostgreSQL's binary format: bytes go to the server as they are, with nothing to escape.
import type { Writable } from 'node:stream'
import type { Sql } from 'postgres'
import type { Database } from './client'

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const FLUSH_AT = 256 << 10
const BUFFER_BYTES = 2 * FLUSH_AT
/** Buffers of copies that are done. Fresh memory costs the system more than filling it does. */
const spare: Buffer[] = []
const MOST_SPARE = 4
/** Milliseconds between 1970 and 2000, PostgreSQL's own zero. */
const EPOCH_2000 = 946_684_800_000

/**
 * Writes rows of one table. Call `row(n)` and then exactly `n` fields, in the order of the columns named to `copyInto`.
 * Fields are laid into one growing buffer, so a row costs no allocation.
 */
export class CopyRows {
  private buffer = spare.pop() ?? Buffer.allocUnsafe(BUFFER_BYTES)
  private used = 0
  rows = 0

  constructor(
    private readonly stream: Writable,
    /** Rejects when the stream breaks; a write under way is then never answered. */
    private readonly broken: Promise<never>,
  ) {
    SIGNATURE.copy(this.buffer)
    this.used = SIGNATURE.length
  }

  private reserve(bytes: number): void {
    if (this.used + bytes <= this.buffer.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.used + bytes))
    this.buffer.copy(grown, 0, 0, this.used)
    this.buffer = grown
  }

  row(fields: number): void {
    this.reserve(2)
    this.used = this.buffer.writeInt16BE(fields, this.used)
    this.rows += 1
  }

  null(): void {
    this.reserve(4)
    this.used = this.buffer.writeInt32BE(-1, this.used)
  }

  uuid(value: string | null): void {
    if (value === null) return this.null()
    this.reserve(20)
    this.used = this.buffer.writeInt32BE(16, this.used)
    this.used += this.buffer.write(value.replaceAll('-', ''), this.used, 'hex')
  }

  int(value: number | null): void {
    if (value === null) return this.null()
    this.reserve(8)
    this.used = this.buffer.writeInt32BE(4, this.used)
    this.used = this.buffer.writeInt32BE(value, this.used)
  }

  bigint(value: number | null): void {
    if (value === null) return this.null()
    this.reserve(12)
    this.used = this.buffer.writeInt32BE(8, this.used)
    this.used = this.buffer.writeBigInt64BE(BigInt(Math.trunc(value)), this.used)
  }

  double(value: number | null): void {
    if (value === null) return this.null()
    this.reserve(12)
    this.used = this.buffer.writeInt32BE(8, this.used)
    this.used = this.buffer.writeDoubleBE(value, this.used)
  }

  boolean(value: boolean | null): void {
    if (value === null) return this.null()
    this.reserve(5)
    this.used = this.buffer.writeInt32BE(1, this.used)
    this.used = this.buffer.writeUInt8(value ? 1 : 0, this.used)
  }

  /** A moment given in milliseconds since 1970. */
  moment(value: number | null): void {
    if (value === null) return this.null()
    this.reserve(12)
    this.used = this.buffer.writeInt32BE(8, this.used)
    this.used = this.buffer.writeBigInt64BE(BigInt(Math.round((value - EPOCH_2000) * 1000)), this.used)
  }

  /** Text as UTF-8. The caller has taken out U+0000, which PostgreSQL refuses. */
  text(value: string | null): void {
    if (value === null) return this.null()
    this.reserve(4 + value.length * 3)
    const written = this.buffer.write(value, this.used + 4, 'utf8')
    this.buffer.writeInt32BE(written, this.used)
    this.used += 4 + written
  }

  /** Bytes as they are, for `bytea`, or for `text` when they are known to be UTF-8 without NUL. */
  bytes(value: Buffer | null): void {
    if (value === null) return this.null()
    this.reserve(4 + value.length)
    this.used = this.buffer.writeInt32BE(value.length, this.used)
    this.used += value.copy(this.buffer, this.used)
  }

  /** Hands what is full to the socket; waits while the server is behind. Call it between rows. */
  async flush(): Promise<void> {
    if (this.used < FLUSH_AT) return
    await Promise.race([this.send(), this.broken])
    // Only now, as the socket held it until here.
    this.used = 0
  }

  /** Hands over the rest and ends the copy, in one go. Nothing may be written afterwards. */
  end(): void {
    this.reserve(2)
    this.used = this.buffer.writeInt16BE(-1, this.used)
    const { buffer } = this
    const keep = () => {
      if (buffer.length === BUFFER_BYTES && spare.length < MOST_SPARE) spare.push(buffer)
    }
    // A broken stream is told by `broken`.
    this.send().then(keep, () => undefined)
    this.stream.end()
  }

  private send(): Promise<void> {
    const chunk = this.buffer.subarray(0, this.used)
    return new Promise((resolve, reject) => {
      this.stream.write(chunk, (error) => (error ? reject(error) : resolve()))
    })
  }
}

/**
 * Copies rows into `table` inside the transaction (or connection) that `db` is. `write` may await `rows.flush()` between rows.
 * Table and columns are names of ours, never input.
 */
export async function copyInto(
  db: Database,
  table: string,
  columns: string[],
  write: (rows: CopyRows) => Promise<void>,
): Promise<number> {
  // Drizzle keeps the connection of a transaction here and offers no other way to COPY through it.
  const client = (db as unknown as { session: { client: Sql } }).session.client
  const stream = await client.unsafe(`copy ${table} (${columns.join(', ')}) from stdin (format binary)`).writable()
  const broken = new Promise<never>((_, reject) => {
    stream.once('error', reject)
    stream.once('close', () => reject(new Error('the connection closed in the middle of a COPY')))
  })
  const rows = new CopyRows(stream, broken)
  const done = Promise.race([new Promise<void>((resolve) => stream.once('finish', resolve)), broken])
  // Both are awaited below, but perhaps only after they have failed.
  broken.catch(() => undefined)
  done.catch(() => undefined)
  try {
    await write(rows)
    rows.end()
  } catch (error) {
    stream.destroy(error as Error)
    await done.catch(() => undefined)
    throw error
  }
  await done
  return rows.rows
}
