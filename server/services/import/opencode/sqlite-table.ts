// The tables of a SQLite database and their rows. A page that is damaged costs its own rows, not those of the others.

import type { SqliteFile } from './sqlite-file'
import { readVarint, SqliteRow } from './sqlite-record'

const INNER = 0x05
const LEAF = 0x0d

export type SqliteTable = { root: number; columns: string[] }

/** Tables by name. */
export function readTables(file: SqliteFile): Map<string, SqliteTable> {
  const tables = new Map<string, SqliteTable>()
  for (const [row] of readRows(file, 1, () => {})) {
    const [type, name, root, sql] = [0, 1, 3, 4].map((column) => row.value(column))
    if (type === 'table' && typeof name === 'string' && typeof root === 'number' && typeof sql === 'string')
      tables.set(name, { root, columns: parseColumns(sql) })
  }
  return tables
}

/** Where a row lies: its page, and its place among the rows of that. */
export type RowPlace = { page: number; cell: number }

/** The row at a place where `readRows` found one. */
export function readRowAt(file: SqliteFile, { page, cell }: RowPlace): SqliteRow {
  const content = file.page(page)
  return readRow(file, content, content.readUInt16BE((page === 1 ? 100 : 0) + 8 + cell * 2))
}

/** The rows below a page, in the order of their keys. `damaged` is told of each page that could not be read. */
export function* readRows(
  file: SqliteFile,
  root: number,
  damaged: (page: number) => void,
): Generator<[row: SqliteRow, place: RowPlace]> {
  const waiting = [root]
  const seen = new Set<number>()
  for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
    if (seen.has(number)) continue
    seen.add(number)
    const rows: [SqliteRow, RowPlace][] = []
    try {
      const page = file.page(number)
      const header = number === 1 ? 100 : 0
      const type = page.readUInt8(header)
      const cells = page.readUInt16BE(header + 3)
      const pointers = header + (type === INNER ? 12 : 8)
      const pointer = (cell: number) => page.readUInt16BE(pointers + cell * 2)
      if (type === INNER) {
        const children = Array.from({ length: cells }, (_, cell) => page.readUInt32BE(pointer(cell)))
        waiting.push(page.readUInt32BE(header + 8), ...children.reverse())
      } else if (type === LEAF) {
        for (let cell = 0; cell < cells; cell++) rows.push([readRow(file, page, pointer(cell)), { page: number, cell }])
      } else damaged(number)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      damaged(number)
    }
    yield* rows
  }
}

function readRow(file: SqliteFile, page: Buffer, start: number): SqliteRow {
  const [length, key] = readVarint(page, start)
  const [, at] = readVarint(page, key)
  const local = localLength(length, file.usable)
  if (at + local > page.length) throw new RangeError('a row reaches beyond its page')
  const beginning = page.subarray(at, at + local)
  return new SqliteRow(beginning, () => {
    const parts = [beginning]
    let left = length - local
    for (let next = left > 0 ? page.readUInt32BE(at + local) : 0; left > 0; ) {
      const overflow = file.page(next)
      const part = overflow.subarray(4, Math.min(file.usable, 4 + left))
      parts.push(part)
      left -= part.length
      next = overflow.readUInt32BE(0)
    }
    return Buffer.concat(parts)
  })
}

/** How much of a row's content lies in its page; the rest follows in pages of its own. */
function localLength(length: number, usable: number): number {
  const most = usable - 35
  if (length <= most) return length
  const least = Math.floor(((usable - 12) * 32) / 255) - 23
  const wanted = least + ((length - least) % (usable - 4))
  return wanted <= most ? wanted : least
}

const CONSTRAINT = /^(constraint|primary|unique|check|foreign)\b/i

/** The names of a table's columns in order, from the statement that made it. */
function parseColumns(sql: string): string[] {
  const body = sql.slice(sql.indexOf('(') + 1, sql.lastIndexOf(')'))
  const columns: string[] = []
  let depth = 0
  let begin = 0
  for (let at = 0; at <= body.length; at++) {
    if (body[at] === '(') depth++
    if (body[at] === ')') depth--
    if (at < body.length && (body[at] !== ',' || depth > 0)) continue
    const column = body.slice(begin, at).trim()
    begin = at + 1
    if (column !== '' && !CONSTRAINT.test(column)) columns.push(/^[`"[]?([^`"\]\s]+)/.exec(column)?.[1] ?? '')
  }
  return columns
}
