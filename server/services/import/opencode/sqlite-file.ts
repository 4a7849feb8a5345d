// The pages of a SQLite database that another program may have open. Only reads; takes no lock, so that it never makes
// that program wait, and therefore tells afterwards whether the file changed meanwhile.

import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { AppError } from '@/server/errors'
import { parseWriteAheadLog } from './sqlite-wal'

const MAGIC = 'SQLite format 3\0'
const HEADER_BYTES = 100

export class SqliteFile {
  /** Bytes of a page that hold content. */
  readonly usable: number
  private readonly pageSize: number
  private readonly pages: Map<number, Buffer>
  private readonly before: string
  private descriptor: number | null = null

  /** Throws AppError `invalid` for a file that is no SQLite database, and the system's error for one that cannot be read. */
  constructor(private readonly path: string) {
    this.before = this.stamp()
    const log = parseWriteAheadLog(readIfThere(`${path}-wal`))
    this.pages = log?.pages ?? new Map()
    const header = this.pages.get(1) ?? this.whileOpen(() => this.readAt(0, HEADER_BYTES))
    if (header.length < HEADER_BYTES || header.toString('latin1', 0, 16) !== MAGIC || header.readUInt32BE(56) > 1)
      throw new AppError('invalid', 'It is no SQLite database with text in UTF-8. The file was left as it is.')
    const size = header.readUInt16BE(16)
    this.pageSize = log?.pageSize ?? (size === 1 ? 65_536 : size)
    this.usable = this.pageSize - header.readUInt8(20)
  }

  /** Pages can be read during `work` only, so that no file stays open. */
  whileOpen<T>(work: () => T): T {
    this.descriptor = openSync(this.path, 'r')
    try {
      return work()
    } finally {
      closeSync(this.descriptor)
      this.descriptor = null
    }
  }

  /** A page by its number, from 1. Throws RangeError for one that the file does not have. */
  page(number: number): Buffer {
    const page = this.pages.get(number) ?? this.readAt((number - 1) * this.pageSize, this.pageSize)
    if (page.length < this.usable) throw new RangeError(`page ${number} is beyond the end of the file`)
    return page
  }

  /** True while the file is as it was when it was met first: what was read of it belongs together. */
  isUnchanged(): boolean {
    return this.stamp() === this.before
  }

  private stamp(): string {
    const { ino, size, mtimeNs } = statSync(this.path, { bigint: true })
    // A database that is kept without a log is changed in place, under the cover of a journal.
    return `${ino} ${size} ${mtimeNs} ${readIfThere(`${this.path}-journal`).subarray(0, 8).toString('hex')}`
  }

  private readAt(offset: number, length: number): Buffer {
    if (this.descriptor === null || offset < 0) throw new RangeError(`nothing can be read at ${offset}`)
    const bytes = Buffer.alloc(length)
    return bytes.subarray(0, readSync(this.descriptor, bytes, 0, length, offset))
  }
}

function readIfThere(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch {
    return Buffer.alloc(0)
  }
}
