// The sessions in OpenCode's database: which there are, and where the rows of each lie. Holds places, not contents, as a
// database of years may be larger than memory.

import { createHash, type Hash } from 'node:crypto'
import { MOST_ELEMENT_BYTES } from '@/server/transcripts/document-bytes'
import { countDocumentBytes, countWithId, standIn, type StoredMessage } from './session-document'
import type { SqliteFile } from './sqlite-file'
import type { SqliteRow, SqliteValue } from './sqlite-record'
import { type RowPlace, readRowAt, readRows, readTables } from './sqlite-table'

export type DatabaseSession = {
  id: string
  /** What OpenCode says of it, as a JSON text. */
  info: string
  /** Another one when anything in the session changed. */
  identity: string
  /** Bytes of its document, unless a row is torn. */
  bytes: number
  updatedAt: Date | null
}

type ObjectPlace = { id: string; bytes: number; place: RowPlace }
type MessagePlace = ObjectPlace & { at: number; parts: ObjectPlace[] }
type Found = { info: string; updatedAt: number; hash: Hash; messages: Map<string, MessagePlace> }

export class DatabaseSessions {
  readonly sessions: DatabaseSession[] = []
  /** Pages that could not be read; their rows are missing. */
  damagedPages = 0
  private readonly found = new Map<string, Found>()
  private dataColumns = { message: 0, part: 0 }

  /** Null when the database is none of OpenCode's. Pages must be readable meanwhile. */
  static read(file: SqliteFile): DatabaseSessions | null {
    const tables = readTables(file)
    const [session, message, part] = ['session', 'message', 'part'].map((name) => tables.get(name))
    if (!session || !message?.columns.includes('data') || !part?.columns.includes('data')) return null
    const index = new DatabaseSessions(file)
    index.readSessions(session.root, session.columns)
    index.readMessages(message.root, message.columns)
    index.readParts(part.root, part.columns)
    for (const [id, { info, hash, updatedAt, messages }] of index.found) {
      const sizes = [...messages.values()].map((message) => ({
        bytes: message.bytes,
        parts: message.parts.map(({ bytes }) => bytes),
      }))
      index.sessions.push({
        id,
        info,
        bytes: countDocumentBytes(Buffer.byteLength(info), sizes),
        identity: hash.digest('hex'),
        updatedAt: updatedAt > 0 ? new Date(updatedAt) : null,
      })
    }
    return index
  }

  private constructor(private readonly file: SqliteFile) {}

  /** The messages of a session with their parts, in the order in which OpenCode shows them. */
  *messages(sessionId: string): Generator<StoredMessage> {
    const messages = [...(this.found.get(sessionId)?.messages.values() ?? [])]
    messages.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
    for (const { id, place, parts } of messages) {
      parts.sort((a, b) => (a.id < b.id ? -1 : 1))
      const stored = parts.map((part) => ({ id: part.id, text: this.text(part.place, this.dataColumns.part) }))
      yield { id, text: this.text(place, this.dataColumns.message), parts: stored }
    }
  }

  private text(place: RowPlace, column: number): string {
    const row = readRowAt(this.file, place)
    if (row.length(column) > MOST_ELEMENT_BYTES) return standIn(row.length(column))
    return String(row.value(column) ?? '')
  }

  private readSessions(root: number, columns: string[]): void {
    for (const [row] of readRows(this.file, root, this.damaged)) {
      this.keep(row, (value) => {
        const read = (name: string) => value(columns.indexOf(name))
        const id = String(read('id') ?? '')
        const info = JSON.stringify(toInfo(read))
        const hash = createHash('sha256').update(info)
        const updatedAt = Number(read('time_updated') ?? 0)
        this.found.set(id, { info, updatedAt, hash, messages: new Map() })
      })
    }
  }

  private readMessages(root: number, columns: string[]): void {
    const data = columns.indexOf('data')
    this.dataColumns.message = data
    for (const [row, place] of readRows(this.file, root, this.damaged)) {
      this.keep(row, (value) => {
        const id = String(value(columns.indexOf('id')) ?? '')
        const session = this.found.get(String(value(columns.indexOf('session_id'))))
        if (session === undefined) return
        const at = Number(value(columns.indexOf('time_created')) ?? 0)
        const bytes = note(session, id, value(columns.indexOf('time_updated')), row.length(data))
        session.messages.set(id, { id, at, bytes, place, parts: [] })
      })
    }
  }

  private readParts(root: number, columns: string[]): void {
    const data = columns.indexOf('data')
    this.dataColumns.part = data
    for (const [row, place] of readRows(this.file, root, this.damaged)) {
      this.keep(row, (value) => {
        const id = String(value(columns.indexOf('id')) ?? '')
        const session = this.found.get(String(value(columns.indexOf('session_id'))))
        const message = session?.messages.get(String(value(columns.indexOf('message_id'))))
        if (session === undefined || message === undefined) return
        const bytes = note(session, id, value(columns.indexOf('time_updated')), row.length(data))
        message.parts.push({ id, bytes, place })
      })
    }
  }

  /** A row whose bytes make no sense is left out; the others of its page are not. */
  private keep(row: SqliteRow, read: (value: (column: number) => SqliteValue) => void): void {
    try {
      read((column) => row.value(column))
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.damagedPages++
    }
  }

  private readonly damaged = (): void => {
    this.damagedPages++
  }
}

/** Takes a row into the session's identity. Returns how many bytes it has in the document. */
function note(session: Found, id: string, updated: SqliteValue, length: number): number {
  session.hash.update(`${id} ${updated} ${length}\n`)
  return countWithId(id, length)
}

/** A session as `opencode export` names what it knows of it. */
function toInfo(read: (column: string) => SqliteValue) {
  const given = (column: string) => read(column) ?? undefined
  const json = (column: string) => parseJson(read(column))
  const counts = ['summary_additions', 'summary_deletions', 'summary_files'].map((column) => given(column))
  const [additions, deletions, files] = counts
  const url = given('share_url')
  return {
    id: read('id'),
    slug: given('slug'),
    projectID: given('project_id'),
    workspaceID: given('workspace_id'),
    directory: given('directory'),
    path: given('path'),
    parentID: given('parent_id'),
    title: given('title'),
    agent: given('agent'),
    model: json('model'),
    version: given('version'),
    summary: counts.every((count) => count === undefined)
      ? undefined
      : { additions, deletions, files, diffs: json('summary_diffs') },
    share: url === undefined ? undefined : { url },
    metadata: json('metadata'),
    permission: json('permission'),
    revert: json('revert'),
    time: {
      created: given('time_created'),
      updated: given('time_updated'),
      compacting: given('time_compacting'),
      archived: given('time_archived'),
    },
  }
}

/** What a column with JSON holds; a text that is none stays one. */
function parseJson(value: SqliteValue): unknown {
  if (typeof value !== 'string') return undefined
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
