// Opens a contract's file for reading. It comes from somebody else: nothing in it is taken on trust, and no name in it
// becomes a path here.
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import * as yauzl from 'yauzl'
import { AppError } from '@/server/errors'
import { type Head, HEAD_NAME, headSchema, VERSION } from './format'

const HEAD_BYTES = 200_000_000
const BROKEN = 'The file is not a whole contract of Makima: it may have been cut on its way. Write or send it again.'

export type OpenFile = {
  head: Head
  /** Lines of JSON; none where the file has no such part. */
  lines: (name: string) => AsyncGenerator
  bytes: (name: string) => Promise<Readable | null>
  close: () => void
}

/** @throws AppError `invalid` for what is no contract's file, or one that a newer Makima wrote. */
export async function openContractZip(path: string): Promise<OpenFile> {
  const zip = await whole(() =>
    promisify<string, yauzl.Options, yauzl.ZipFile>(yauzl.open)(path, { lazyEntries: true, autoClose: false }),
  )
  try {
    const entries = await whole(() => listEntries(zip))
    const open = promisify<yauzl.Entry, Readable>(zip.openReadStream.bind(zip))
    const bytes = async (name: string) => {
      const entry = entries.get(name)
      return entry ? whole(() => open(entry)) : null
    }
    const headEntry = entries.get(HEAD_NAME)
    if (!headEntry || headEntry.uncompressedSize > HEAD_BYTES) throw new AppError('invalid', BROKEN)
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

async function* readLines(bytes: OpenFile['bytes'], name: string): AsyncGenerator {
  const stream = await bytes(name)
  if (!stream) return
  // readline does not hear of what goes wrong below it.
  let fault: unknown = null
  stream.once('error', (error) => (fault = error))
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    if (line !== '') yield parseJson(line)
  }
  if (fault !== null) throw new AppError('invalid', BROKEN, { cause: fault })
}

function readHead(text: string): Head {
  const told = parseJson(text) as { format?: unknown; version?: unknown }
  if (typeof told?.version === 'number' && told.version > VERSION) {
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
    throw new AppError('invalid', BROKEN, { cause })
  }
}
