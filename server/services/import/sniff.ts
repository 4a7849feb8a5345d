// A look at the beginning of a source: which agent wrote it, how it is laid out, for which session, whose thread.
import { createBlockSplitter, parseBlock } from '@/server/transcripts/json-values'
import {
  MOST_DOCUMENT_BYTES,
  parseDocument,
  parseDocumentHead,
  type SourceLayout,
} from '@/server/transcripts/json-document'
import { detectFormat, listDocumentLists } from '@/server/transcripts/formats'
import type { SourceDescription, TranscriptFormat } from '@/server/transcripts/types'
import type { Candidate } from './candidates'

const ENOUGH_RECORDS = 60
const ENOUGH_BYTES = 4 << 20
/** A first prompt with pictures is one line of many megabytes; until a session has been named, so much is looked at. */
const MOST_BYTES = 64 << 20

export type Sniffed = SourceDescription & {
  format: TranscriptFormat | null
  layout: SourceLayout
  /** A document that is too large to be read. */
  tooLarge: boolean
  empty: boolean
}

type Values = Record<string, unknown>[]

const NOTHING: Sniffed = {
  format: null,
  layout: 'lines',
  tooLarge: false,
  empty: false,
  sessionId: null,
  thread: '',
  userIds: [],
  forkedFrom: null,
  carriesOutPlan: false,
  firstAt: null,
}

export async function sniff(candidate: Candidate): Promise<Sniffed> {
  const { mayBeDocument, ...lines } = await sniffLines(candidate)
  if (lines.format !== null && lines.layout === 'lines') return lines
  if (!mayBeDocument || listDocumentLists().length === 0) return lines
  if (candidate.bytes > MOST_DOCUMENT_BYTES) return { ...lines, tooLarge: lines.format !== null }
  return sniffDocument(candidate)
}

async function sniffLines(candidate: Candidate): Promise<Sniffed & { mayBeDocument: boolean }> {
  const splitter = createBlockSplitter({ targetBytes: 1 << 16 })
  const values: Values = []
  let records = 0
  let bytes = 0
  let mayBeDocument = false
  const take = (blocks: ReturnType<typeof splitter.push>) => {
    for (const block of blocks) {
      if (records >= ENOUGH_RECORDS) return
      for (const { value } of parseBlock(block, 1)) {
        records += 1
        if (value !== null) values.push(value)
      }
    }
  }
  for await (const piece of candidate.open(0)) {
    if (bytes === 0) {
      mayBeDocument = piece.toString('latin1', 0, 4096).trimStart().startsWith('{')
      const document = describeHead(piece, candidate.path)
      if (document !== null) return { ...document, mayBeDocument }
    }
    bytes += piece.length
    take(splitter.push(piece))
    if (records >= ENOUGH_RECORDS || bytes >= MOST_BYTES) return { ...describe(values, candidate.path), mayBeDocument }
    if (bytes < ENOUGH_BYTES) continue
    const found = describe(values, candidate.path)
    if (found.sessionId !== null && found.firstAt !== null) return { ...found, mayBeDocument }
  }
  take(splitter.end())
  return { ...describe(values, candidate.path), empty: bytes === 0, mayBeDocument }
}

/** What stands before the messages of a document tells as much as is known of one that is too large or torn. */
function describeHead(beginning: Buffer, path: string): Sniffed | null {
  for (const list of listDocumentLists()) {
    const head = parseDocumentHead(beginning, list)
    const found = head && describe([head], path)
    if (found?.layout === 'document') return found
  }
  return null
}

async function sniffDocument(candidate: Candidate): Promise<Sniffed> {
  const pieces: Buffer[] = []
  for await (const piece of candidate.open(0)) pieces.push(piece)
  const bytes = Buffer.concat(pieces)
  for (const list of listDocumentLists()) {
    const { value } = parseDocument(bytes, list)
    const found = value && describe([value], candidate.path)
    if (found?.layout === 'document') return found
  }
  return describeHead(bytes, candidate.path) ?? NOTHING
}

function describe(values: Values, path: string): Sniffed {
  const format = detectFormat(values)
  if (format === null) return NOTHING
  const isDocument = format.documentList !== null && Array.isArray(values[0]?.[format.documentList])
  return { ...NOTHING, format, layout: isDocument ? 'document' : 'lines', ...format.describe(values, path) }
}
