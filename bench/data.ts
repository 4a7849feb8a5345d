// Transcripts to measure with, the same in every run: recorded sessions where a corpus lies beside the project, else
// invented ones, grown to any size by copying them under new ids.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { projectRoot } from '@/db/project-root'
import { inventSession } from './invented-session'

/** A session and where its file lies below the folder of all sessions. */
type Session = { path: string; lines: string[] }

const CORPUS = join(projectRoot(), '..', 'shared', 'corpus', 'claude-code')

export const DATA_NAME = existsSync(CORPUS) ? 'recorded sessions' : 'invented sessions'

function readSessions(): Session[] {
  if (!existsSync(CORPUS)) {
    return Array.from({ length: 20 }, (_, i) => ({ path: `invented-${i}.jsonl`, lines: inventSession(8 * (i + 1), i) }))
  }
  return readdirSync(CORPUS, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.jsonl'))
    .sort()
    .map((path) => ({ path, lines: readFileSync(join(CORPUS, path), 'utf8').split('\n').filter(Boolean) }))
}

const UUID = /\b([0-9a-f]{8})(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b/g
const NATIVE_ID = /\b(msg_|toolu_|req_)([0-9A-Za-z]{6,})/g

/** The same text under the ids of copy `n`: what referred to one another still does. */
function renumber(text: string, n: number): string {
  if (n === 0) return text
  const mask = Math.imul(n, 0x9e3779b1)
  return text
    .replace(UUID, (_, first: string, rest: string) => hex8(Number.parseInt(first, 16) ^ mask) + rest)
    .replace(NATIVE_ID, (_, kind: string, id: string) => `${kind}${n.toString(36).padStart(4, '0')}${id.slice(4)}`)
}

const hex8 = (value: number) => (value >>> 0).toString(16).padStart(8, '0')

export type Grown = { bytes: number; lines: number; files: string[] }

/** Writes sessions below `folder` until they hold `bytes`; every copy is sessions of its own. */
export function growSessions(folder: string, bytes: number): Grown {
  const sessions = readSessions()
  const grown: Grown = { bytes: 0, lines: 0, files: [] }
  for (let copy = 0; grown.bytes < bytes; copy++) {
    for (const { path, lines } of sessions) {
      if (grown.bytes >= bytes) break
      const file = join(folder, `copy-${String(copy).padStart(3, '0')}`, renumber(path, copy))
      const text = Buffer.from(`${lines.map((line) => renumber(line, copy)).join('\n')}\n`)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
      grown.bytes += text.length
      grown.lines += lines.length
      grown.files.push(file)
    }
  }
  return grown
}

export type GrownConversation = { bytes: number; records: number; messages: number; file: string }

/** Writes one session of at least so many user and assistant records: whole sessions, one after the other, chained. */
export async function growConversation(file: string, messages: number): Promise<GrownConversation> {
  const sessionId = 'b0b0b0b0-0000-4000-8000-000000000001'
  const sessions = readSessions().filter(({ path }) => !/[/\\]/.test(path))
  const grown: GrownConversation = { bytes: 0, records: 0, messages: 0, file }
  mkdirSync(dirname(file), { recursive: true })
  const out = createWriteStream(file)
  let last: string | null = null
  for (let copy = 0; grown.messages < messages; copy++) {
    const { lines } = sessions[copy % sessions.length] as Session
    for (const line of lines) {
      if (grown.messages >= messages) break
      const record = parse(renumber(line, copy + 1))
      if (!record) continue
      if (record.sessionId !== undefined) record.sessionId = sessionId
      // A compaction begins anew on purpose; any other beginning goes on where the session before it ended.
      if (record.parentUuid === null && record.subtype !== 'compact_boundary') record.parentUuid = last
      if (typeof record.uuid === 'string') last = record.uuid
      const text = Buffer.from(`${JSON.stringify(record)}\n`)
      if (!out.write(text)) await once(out, 'drain')
      grown.bytes += text.length
      grown.records += 1
      if (record.type === 'user' || record.type === 'assistant') grown.messages += 1
    }
  }
  out.end()
  await once(out, 'finish')
  return grown
}

function parse(line: string): Record<string, unknown> | null {
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    return null
  }
}
