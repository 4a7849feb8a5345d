// Opens a contract's file for reading. It comes from somebody else: nothing in it is taken on trust, and no name in it
// becomes a path here.
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import * as yauzl from 'yauzl'
import { AppError } from '@/server/errors'
import { type Head, HEAD_NAME, headSchema, type Row, VERSION } from './format'
import { MOST_ENTRIES, MOST_HEAD_BYTES, MOST_LINE_BYTES, MOST_RATIO, SMALL_ENTRY_BYTES } from './limits'
import { splitLines } from './split-lines'

const TOO_LARGE =
  'The file holds more than a contract of Makima can: it was made to, or broke on its way. Nothing was taken.'
const BROKEN = 'The file is not a whole contract of Makima: it may have been cut on its way. Write or send it again.'

export type OpenFile = {
  head: Head
  /** Lines of JSON, each an object; none where the file has no such part. */
  lines: (name: string) => AsyncGenerator<Row>
  bytes: (name: string) => Promise<Readable | null>
  close: () => void
}

/** @throws AppError `invalid` for what is no contract's file, or one that a newer Makima wrote. */
export async function openContractZip(path: string): Promise<OpenFile> {
  const zip = await whole(() =>
    promisify<string, yauzl.Options, yauzl.ZipFile>(yauzl.open)(path, { lazyEntries: true, autoClose: false }),
  )
  try {
    if (zip.entryCount > MOST_ENTRIES) throw new AppError('too_large', TOO_LARGE)
    const entries = await whole(() => listEntries(zip))
    for (const entry of entries.values()) refuseBomb(entry)
    refuseSum(entries.values(), zip.fileSize)
    const open = promisify<yauzl.Entry, Readable>(zip.openReadStream.bind(zip))
    const bytes = async (name: string) => {
      const entry = entries.get(name)
      return entry ? whole(() => open(entry)) : null
    }
    const headEntry = entries.get(HEAD_NAME)
    if (!headEntry) throw new AppError('invalid', BROKEN)
    if (headEntry.uncompressedSize > MOST_HEAD_BYTES) throw new AppError('too_large', TOO_LARGE)
    const head = readHead(await readText(await bytes(HEAD_NAME)))
    return { head, bytes, lines: (name) => readLines(bytes, name), close: () => zip.close() }
  } catch (error) {
    zip.close()
    throw error
  }
}

function listEntries(zip: yauzl.ZipFile): Promise<Map<string, yauzl.Entry>> {
  const entries = new Map<string, yauzl.Entry>()
  return new Promise((resolve, reject) => {
    zip.on('entry', (entry: yauzl.Entry) => {
      entries.set(entry.fileName, entry)
      zip.readEntry()
    })
    zip.once('end', () => resolve(entries))
    zip.once('error', reject)
    zip.readEntry()
  })
}

/** The library refuses what is not as large as it says, so what an entry says can be relied on. */
function refuseBomb({ compressedSize, uncompressedSize }: yauzl.Entry): void {
  if (uncompressedSize <= SMALL_ENTRY_BYTES) return
  if (uncompressedSize > compressedSize * MOST_RATIO) throw new AppError('too_large', TOO_LARGE)
}

/** Entries may lie upon one another, and many small ones may each stay below what a large one may be. */
function refuseSum(entries: Iterable<yauzl.Entry>, fileBytes: number): void {
  let [packed, unpacked] = [0, 0]
  for (const { compressedSize, uncompressedSize } of entries) {
    packed += compressedSize
    unpacked += uncompressedSize
  }
  if (packed > fileBytes || unpacked > Math.max(SMALL_ENTRY_BYTES, fileBytes * MOST_RATIO)) {
    throw new AppError('too_large', TOO_LARGE)
  }
}

async function* readLines(bytes: OpenFile['bytes'], name: string): AsyncGenerator<Row> {
  const stream = await bytes(name)
  if (!stream) return
  const lines = splitLines(stream, MOST_LINE_BYTES)
  for (;;) {
    const { value, done } = await whole(() => lines.next())
    if (done) return
    if (value !== '') yield parseRow(value)
  }
}

function parseRow(text: string): Row {
  const value = parseJson(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new AppError('invalid', BROKEN)
  return value as Row
}

function readHead(text: string): Head {
  const told = parseRow(text)
  if (typeof told.version === 'number' && told.version > VERSION) {
    throw new AppError('invalid', 'A newer Makima wrote this file. Bring this one up to date and import it again.')
  }
  const { success, data } = headSchema.safeParse(told)
  if (!success) throw new AppError('invalid', BROKEN)
  return data
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('invalid', BROKEN, { cause })
  }
}

async function readText(stream: Readable | null): Promise<string> {
  const parts: Buffer[] = []
  if (stream)
    await whole(async () => {
      for await (const part of stream) parts.push(part as Buffer)
    })
  return Buffer.concat(parts).toString()
}

/** What the zip itself says is not for people. */
async function whole<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    if (cause instanceof RangeError) throw new AppError('too_large', TOO_LARGE, { cause })
    throw new AppError('invalid', BROKEN, { cause })
  }
}
