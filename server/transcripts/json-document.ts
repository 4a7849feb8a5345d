// Sources that are one JSON document instead of a record a line. The document is one record; it says where each element
// of its list of messages lies, so that a row can point at its own message. Owns no meaning of any value.

import { isUtf8 } from 'node:buffer'
import { findEnd, skipBlank } from './json-healing'
import { DocumentBytes } from './document-bytes'
import { hasTooManyValues } from './json-size'
import { countLines, parseBlock, PART_BYTES } from './json-values'
import type { Block, RawRecord, Span } from './types'

const NEWLINE = 0x0a
const QUOTE = 0x22
const COLON = 0x3a
const COMMA = 0x2c
const OPEN_BRACE = 0x7b
const OPEN_BRACKET = 0x5b
const CLOSE_BRACE = 0x7d
const CLOSE_BRACKET = 0x5d

export type SourceLayout = 'lines' | 'document'

/** Turns the blocks of a source, in order, into its records. */
export type RecordStream = {
  push(block: Block): RawRecord[]
  /** What only the whole source tells. */
  end(): RawRecord[]
  /** Lines that ended so far. */
  lines(): number
}

/**
 * `list` names the list of messages of a document; `lines` is how many lines came before the first block; `partBytes` is
 * the size of the parts in which the splitter hands on a line that is too long.
 */
export function createRecordStream(
  layout: SourceLayout,
  list: string | null,
  lines = 0,
  partBytes = PART_BYTES,
): RecordStream {
  return layout === 'document' ? documentStream(list ?? '', lines) : lineStream(lines, partBytes)
}

function documentStream(list: string, lines: number): RecordStream {
  let read = lines
  const document = new DocumentBytes(list)
  return {
    push(block) {
      read += countLines(block)
      document.add(block.bytes)
      return []
    },
    end: () => [parseWhole(document, list)],
    lines: () => read,
  }
}

/** A document of which messages may have been left out, as one record. */
export function parseWhole(document: DocumentBytes, list: string): RawRecord {
  const nothing = { offset: 0, length: document.length, line: 1, value: null, healed: false }
  if (document.isTooLarge) return { ...nothing, problem: 'too_long' }
  const bytes = document.bytes()
  if (hasTooManyValues(bytes)) return { ...nothing, problem: 'too_many_values' }
  const record = parseDocument(bytes, list)
  const { places } = document
  return places === null ? record : { ...record, length: document.length - record.offset, elements: places }
}

/** A line that comes in parts is one record without value; all its parts but the last have one size and no line end. */
function lineStream(lines: number, partBytes: number): RecordStream {
  let read = lines
  let waiting: { block: Block; line: number } | null = null
  let long: RawRecord | null = null
  const take = () => {
    const records = long === null ? (waiting === null ? [] : parseBlock(waiting.block, waiting.line)) : [long]
    waiting = null
    long = null
    return records
  }
  return {
    push(block) {
      const line = read + 1
      read += countLines(block)
      const isOpen = block.bytes.at(-1) !== NEWLINE
      if (waiting !== null) {
        const { offset } = waiting.block
        const length = block.offset + block.bytes.length - offset - (isOpen ? 0 : 1)
        const problem = isOpen && !block.complete ? ('cut' as const) : ('too_long' as const)
        long = { offset, length, line: waiting.line, value: null, problem, healed: false }
        return isOpen && block.bytes.length === partBytes ? [] : take()
      }
      if (!isOpen || block.bytes.length !== partBytes) return parseBlock(block, line)
      waiting = { block, line }
      return []
    },
    end: take,
    lines: () => read,
  }
}

/** A whole source as one record. Bytes that are no JSON object are a record without value, never dropped. */
export function parseDocument(bytes: Buffer, list: string): RawRecord {
  const start = skipBlank(bytes, 0)
  const found = bytes[start] === OPEN_BRACE ? findEnd(bytes, start) : -1
  const end = found < 0 ? bytes.length : found
  const record = { offset: start, length: end - start, line: 1, healed: false }
  if (found < 0) return { ...record, value: null, problem: bytes[start] === OPEN_BRACE ? 'cut' : 'not_json' }
  const value = tryParse(bytes.toString('utf8', start, end))
  if (value === null) return { ...record, value, problem: 'not_json' }
  const broken = !isUtf8(bytes.subarray(start, end))
  const rest = skipBlank(bytes, end) < bytes.length
  return {
    ...record,
    value,
    problem: broken ? 'bad_utf8' : null,
    healed: broken || rest || bytes.subarray(start, end).includes(0),
    elements: findElements(bytes, start, list),
  }
}

/**
 * What stands before the list of messages, as the document with that list empty; null when the bytes do not begin with
 * such a document. Tells what a document is from its beginning alone.
 */
export function parseDocumentHead(bytes: Buffer, list: string): Record<string, unknown> | null {
  const start = skipBlank(bytes, 0)
  const at = bytes[start] === OPEN_BRACE ? findMember(bytes, start, list) : -1
  return at < 0 || bytes[at] !== OPEN_BRACKET ? null : tryParse(`${bytes.toString('utf8', start, at)}[]}`)
}

function findElements(bytes: Buffer, start: number, list: string): Span[] {
  const elements: Span[] = []
  let at = findMember(bytes, start, list)
  if (at < 0 || bytes[at] !== OPEN_BRACKET) return elements
  at = skipBlank(bytes, at + 1)
  while (at < bytes.length && bytes[at] !== CLOSE_BRACKET) {
    const end = findValueEnd(bytes, at)
    if (end < 0) break
    elements.push({ offset: at, length: end - at })
    at = skipBlank(bytes, end)
    if (bytes[at] === COMMA) at = skipBlank(bytes, at + 1)
  }
  return elements
}

/** Where the value of a member of the object at `start` begins; -1 when the bytes end before or it has none. */
function findMember(bytes: Buffer, start: number, name: string): number {
  const wanted = JSON.stringify(name)
  let at = skipBlank(bytes, start + 1)
  while (bytes[at] === QUOTE) {
    const key = findValueEnd(bytes, at)
    if (key < 0) return -1
    const colon = skipBlank(bytes, key)
    if (bytes[colon] !== COLON) return -1
    const value = skipBlank(bytes, colon + 1)
    if (value < bytes.length && bytes.toString('utf8', at, key) === wanted) return value
    const end = findValueEnd(bytes, value)
    if (end < 0) return -1
    at = skipBlank(bytes, end)
    if (bytes[at] === COMMA) at = skipBlank(bytes, at + 1)
  }
  return -1
}

/** End of any JSON value; -1 when the bytes end before. */
function findValueEnd(bytes: Buffer, start: number): number {
  const first = bytes[start]
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return findEnd(bytes, start)
  let at = start
  if (first === QUOTE) {
    for (at++; at < bytes.length && bytes[at] !== QUOTE; at++) if (bytes[at] === 0x5c) at++
    return at < bytes.length ? at + 1 : -1
  }
  while (at < bytes.length && !isEndOfScalar(bytes[at])) at++
  return at < bytes.length ? at : -1
}

function isEndOfScalar(byte: number | undefined): boolean {
  return byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte === 0x20 || byte === 10 || byte === 13
}

function tryParse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text.includes('\0') ? text.replaceAll('\0', '') : text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}
