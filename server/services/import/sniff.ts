// A look at the beginning of a source: which agent wrote it, for which session, whose thread. Never the first record alone:
// the first may be of any kind and may name another session.
import { createBlockSplitter, parseBlock } from '@/server/transcripts/json-values'
import { detectFormat } from '@/server/transcripts/formats'
import { cleanText } from '@/server/transcripts/row-text'
import type { RawRecord, TranscriptFormat } from '@/server/transcripts/types'
import type { Candidate } from './candidates'

const ENOUGH_RECORDS = 60
const ENOUGH_BYTES = 4 << 20
/** A first prompt with pictures is one line of many megabytes; until a session has been named, so much is looked at. */
const MOST_BYTES = 64 << 20

export type Sniffed = {
  format: TranscriptFormat | null
  sessionId: string | null
  /** The subagent whose own file this is; empty for a main thread. */
  thread: string
  /** Ids of the user records seen: a fork holds copies of its origin's. */
  userIds: string[]
  /** Begins with the plan of another session. */
  carriesOutPlan: boolean
  firstAt: string | null
  empty: boolean
}

export async function sniff(candidate: Candidate): Promise<Sniffed> {
  const splitter = createBlockSplitter({ targetBytes: 1 << 16 })
  const records: RawRecord[] = []
  let bytes = 0
  let ended = true
  for await (const piece of candidate.open(0)) {
    bytes += piece.length
    for (const block of splitter.push(piece)) {
      records.push(...parseBlock(block, 1))
      if (records.length >= ENOUGH_RECORDS) break
    }
    const enough = records.length >= ENOUGH_RECORDS || (bytes >= ENOUGH_BYTES && records.some(namesSession))
    if (enough || bytes >= MOST_BYTES) {
      ended = false
      break
    }
  }
  if (ended) for (const block of splitter.end()) records.push(...parseBlock(block, 1))
  return describe(records, bytes === 0)
}

const namesSession = ({ value }: RawRecord) => typeof value?.sessionId === 'string' && typeof value.uuid === 'string'

function carriesOutPlan({ type, message }: Record<string, unknown>): boolean {
  const content = (message as { content?: unknown } | undefined)?.content
  const first: unknown = Array.isArray(content) ? (content[0] as { text?: unknown } | undefined)?.text : content
  return type === 'user' && typeof first === 'string' && first.trimStart().startsWith('Implement the following plan')
}

function describe(records: RawRecord[], empty: boolean): Sniffed {
  const values = records.flatMap((record) => (record.value ? [record.value] : []))
  const sessions = new Map<string, number>()
  const agents = new Set<string>()
  let sidechain = 0
  let chained = 0
  const userIds: string[] = []
  let firstAt: string | null = null
  for (const value of values) {
    if (typeof value.sessionId === 'string') sessions.set(value.sessionId, (sessions.get(value.sessionId) ?? 0) + 1)
    if (typeof value.uuid !== 'string') continue
    chained += 1
    if (value.isSidechain === true) sidechain += 1
    if (typeof value.agentId === 'string') agents.add(cleanText(value.agentId))
    if (value.type === 'user') userIds.push(value.uuid)
    if (typeof value.timestamp === 'string') firstAt ??= value.timestamp
  }
  const sessionId = [...sessions].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null
  const ofSubagent = chained > 0 && sidechain === chained && agents.size > 0
  return {
    format: detectFormat(values),
    sessionId: sessionId === null ? null : cleanText(sessionId),
    thread: ofSubagent ? ([...agents][0] ?? '') : '',
    userIds,
    carriesOutPlan: values.some(carriesOutPlan),
    firstAt,
    empty,
  }
}
