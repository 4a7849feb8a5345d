// Sessions in OpenCode's database as sources to import, one each.

import { AppError } from '@/server/errors'
import type { Candidate, Skipped } from '@/server/services/import/candidates'
import { DatabaseSessions } from './database-sessions'
import { documentBody, documentHead } from './session-document'
import { SqliteFile } from './sqlite-file'

const TRIES = 5
const DAMAGED = 'of its pages are damaged; what the others hold was read.'
const BUSY = 'It was changed all the time while it was read. Import it again when OpenCode is at rest.'
const STRANGER =
  'It is no database of OpenCode: it has no sessions with messages and parts. The file was left as it is.'

/** The sessions of a database. Throws AppError when it is none of OpenCode's. */
export function listDatabaseSessions(path: string, skipped: Skipped[]): Candidate[] {
  const database = new OpenCodeDatabase(path)
  const { sessions, damagedPages } = database.current().index
  if (damagedPages > 0) skipped.push({ path, reason: `${damagedPages} ${DAMAGED}` })
  return sessions.map(({ id, identity, bytes, updatedAt, info }) => ({
    kind: 'file',
    path: `${path}#${id}`,
    bytes,
    identity,
    modifiedAt: updatedAt,
    assembled: true,
    sessionId: id,
    unsure: false,
    open: (from) => skip(database.document(id, info), from),
  }))
}

type Snapshot = { file: SqliteFile; index: DatabaseSessions }

class OpenCodeDatabase {
  private snapshot: Snapshot | null = null

  constructor(private readonly path: string) {}

  /** The database as it is now, or as it was read last when nothing was moved in its file since. */
  current(): Snapshot {
    if (this.snapshot?.file.isUnchanged()) return this.snapshot
    for (let tried = 0; tried < TRIES; tried++) {
      const file = new SqliteFile(this.path)
      const index = file.whileOpen(() => DatabaseSessions.read(file))
      if (!file.isUnchanged()) continue
      if (index === null) throw new AppError('invalid', STRANGER)
      this.snapshot = { file, index }
      return this.snapshot
    }
    throw new AppError('invalid', BUSY)
  }

  /** The head comes first and costs nothing, for those who only want to know what it is. */
  async *document(id: string, info: string): AsyncGenerator<Buffer> {
    yield Buffer.from(documentHead(info))
    for (let tried = 0; tried < TRIES; tried++) {
      const { file, index } = this.current()
      const body = file.whileOpen(() => [...documentBody(index.messages(id))])
      if (!file.isUnchanged()) continue
      for (const piece of body) yield Buffer.from(piece)
      return
    }
    throw new AppError('invalid', BUSY)
  }
}

/** What comes from a byte on. */
export async function* skip(pieces: AsyncIterable<Buffer>, from: number): AsyncGenerator<Buffer> {
  let left = from
  for await (const piece of pieces) {
    if (piece.length > left) yield piece.subarray(left)
    left = Math.max(0, left - piece.length)
  }
}
