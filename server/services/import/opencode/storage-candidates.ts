// Sessions that older releases of OpenCode keep as a file for every message and every part, as sources to import.

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { MOST_ELEMENT_BYTES } from '@/server/transcripts/document-bytes'
import type { Candidate } from '@/server/services/import/candidates'
import { skip } from './database-candidates'
import {
  countDocumentBytes,
  documentBody,
  documentHead,
  parseObject,
  standIn,
  type StoredMessage,
} from './session-document'

const SESSION_FILE = /[/\\]session[/\\][^/\\]+[/\\](ses_[^/\\]+)\.json$/

const STORAGE_FOLDER = /[/\\]storage[/\\](message|part|session_diff|session_share|todo|project)$/

/** True for a folder whose files are read with the session they belong to, or are none of a session. */
export function isPartOfStorage(folder: string): boolean {
  return STORAGE_FOLDER.test(folder) && existsSync(join(dirname(folder), 'session'))
}

type StoredFile = { id: string; path: string; bytes: number; stamp: string }

/** The session whose head this file is, with its messages and parts; null for any other file. */
export async function storageCandidate(path: string): Promise<Candidate | null> {
  const id = SESSION_FILE.exec(path)?.[1]
  if (id === undefined) return null
  const store = dirname(dirname(dirname(path)))
  const messages = await listFiles(join(store, 'message', id))
  // A copy of such a file alone is no session; with its messages gone there is nothing to read either.
  if (messages.length === 0) return null
  const parts = await Promise.all(messages.map((message) => listFiles(join(store, 'part', message.id))))
  const head = await describeFile(path)
  const files = [head, ...messages, ...parts.flat()]
  const sizes = messages.map(({ bytes }, index) => ({ bytes, parts: (parts[index] ?? []).map((part) => part.bytes) }))
  const hash = createHash('sha256')
  for (const file of files) hash.update(`${file.path} ${file.stamp}\n`)
  return {
    kind: 'file',
    path,
    bytes: countDocumentBytes(head.bytes, sizes),
    identity: hash.digest('hex'),
    modifiedAt: (await stat(path)).mtime,
    assembled: true,
    sessionId: id,
    unsure: false,
    open: (from) => skip(readDocument(path, id, messages, parts), from),
  }
}

async function* readDocument(
  path: string,
  id: string,
  messages: StoredFile[],
  parts: StoredFile[][],
): AsyncGenerator<Buffer> {
  const text = await readBounded(path)
  // Half a head still has a name: that of its file.
  const info = parseObject(text) === null ? JSON.stringify({ id, time: {}, raw: text }) : text.trim()
  yield Buffer.from(documentHead(info))
  const stored: StoredMessage[] = []
  for (const [index, message] of messages.entries()) {
    const own = (parts[index] ?? []).map(async (part) => ({ id: part.id, text: await readIfThere(part.path) }))
    stored.push({ id: message.id, text: await readIfThere(message.path), parts: await Promise.all(own) })
  }
  for (const piece of documentBody(stored)) yield Buffer.from(piece)
}

/** Files of objects in the order of their ids, which is that of time. */
async function listFiles(folder: string): Promise<StoredFile[]> {
  const names = await readdir(folder).catch(() => [])
  const own = names.filter((name) => name.endsWith('.json')).sort()
  return Promise.all(own.map((name) => describeFile(join(folder, name))))
}

async function describeFile(path: string): Promise<StoredFile> {
  const { size, mtimeMs } = await stat(path)
  return { id: basename(path, '.json'), path, bytes: size, stamp: `${size} ${mtimeMs}` }
}

/** One file larger than a message may be costs itself, not its session. */
async function readBounded(path: string): Promise<string> {
  const { size } = await stat(path)
  return size > MOST_ELEMENT_BYTES ? standIn(size) : readFile(path, 'utf8')
}

/** OpenCode may remove a message while its session is read. */
async function readIfThere(path: string): Promise<string> {
  return readBounded(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
}
