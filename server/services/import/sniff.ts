// A look at the beginning of a source: which agent wrote it, how it is laid out, for which session, whose thread.
import { createBlockSplitter } from '@/server/transcripts/json-values'
import { DocumentBytes, MOST_DOCUMENT_BYTES } from '@/server/transcripts/document-bytes'
import {
  createRecordStream,
  parseDocumentHead,
  parseWhole,
  type SourceLayout,
} from '@/server/transcripts/json-document'
import { detectFormat, listDocumentLists } from '@/server/transcripts/formats'
import type { SourceDescription, TranscriptFormat } from '@/server/transcripts/types'
import type { Candidate } from './candidates'
import { fitSniffed } from './fit-session'

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

/** Looks at the beginning of a source. Memory is bounded whatever lies in it. */
export async function sniff(candidate: Candidate): Promise<Sniffed> {
  return fitSniffed(await sniffSource(candidate))
}

async function sniffSource(candidate: Candidate): Promise<Sniffed> {
  const { mayBeDocument, ...lines } = await sniffLines(candidate)
  if (lines.format !== null && lines.layout === 'lines') return lines
  if (!mayBeDocument || listDocumentLists().length === 0) return lines
  return sniffDocument(candidate, lines)
}

async function sniffLines(candidate: Candidate): Promise<Sniffed & { mayBeDocument: boolean }> {
  const splitter = createBlockSplitter({ targetBytes: 1 << 16 })
  const values: Values = []
  const stream = createRecordStream('lines', null)
  let records = 0
  let bytes = 0
  let isEmpty = true
  let mayBeDocument = false
  const take = (blocks: ReturnType<typeof splitter.push>) => {
    for (const block of blocks) {
      if (records >= ENOUGH_RECORDS) return
      for (const { value } of stream.push(block)) {
        records += 1
        if (value !== null) values.push(value)
      }
      // A line that is too long comes in parts: what is looked for stands before or behind it.
      if (block.complete) bytes += block.bytes.length
    }
  }
  for await (const piece of candidate.open(0)) {
    if (isEmpty) {
      mayBeDocument = piece.toString('latin1', 0, 4096).trimStart().startsWith('{')
      const document = describeHead(piece, candidate.path)
      if (document !== null) return { ...document, mayBeDocument }
    }
    isEmpty = false
    take(splitter.push(piece))
    if (records >= ENOUGH_RECORDS || bytes >= MOST_BYTES) return { ...describe(values, candidate.path), mayBeDocument }
    if (bytes < ENOUGH_BYTES) continue
    const found = describe(values, candidate.path)
    if (found.sessionId !== null && found.firstAt !== null) return { ...found, mayBeDocument }
  }
  take(splitter.end())
  return { ...describe(values, candidate.path), empty: isEmpty, mayBeDocument }
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

/** Reads a document once for each list that one may have; `lines` is what its beginning told. */
async function sniffDocument(candidate: Candidate, lines: Sniffed): Promise<Sniffed> {
  for (const list of listDocumentLists()) {
    const document = new DocumentBytes(list)
    for await (const piece of candidate.open(0)) {
      document.add(piece)
      if (document.isTooLarge) break
    }
    if (document.isTooLarge) continue
    const { value } = parseWhole(document, list)
    const found = value && describe([value], candidate.path)
    if (found?.layout === 'document') return found
    if (lines.format === null) lines = describeHead(document.bytes(), candidate.path) ?? lines
  }
  if (lines.format === null) return NOTHING
  return { ...lines, tooLarge: lines.layout === 'document' && candidate.bytes > MOST_DOCUMENT_BYTES }
}

function describe(values: Values, path: string): Sniffed {
  const format = detectFormat(values)
  if (format === null) return NOTHING
  const isDocument = format.documentList !== null && Array.isArray(values[0]?.[format.documentList])
  return { ...NOTHING, format, layout: isDocument ? 'document' : 'lines', ...format.describe(values, path) }
}
