// Feeds sources of one session into its reader and writes what comes out, block by block, so that memory stays flat
// on any input. Knows nothing of contracts or history: see session-records.ts.
import { newSegmentId } from '@/db/ids'
import type { Context } from '@/server/context'
import { createRecordStream } from '@/server/transcripts/json-document'
import { createBlockSplitter } from '@/server/transcripts/json-values'
import { countSafely, readSafely } from '@/server/transcripts/read-safely'
import type {
  Block,
  PlacedMessage,
  RawRecord,
  SessionFact,
  SourceReport,
  ThreadKey,
  TranscriptFormat,
} from '@/server/transcripts/types'
import type { Candidate } from './candidates'
import { fitReport } from './fit-session'
import type { PrefixHashes } from './prefix-hashes'
import { type ChunkRow, writeChunks, writeMessages, writePatches } from './rows'
import { readStoredBlocks } from './stored-bytes'

const FLUSH_BYTES = 4 << 20
const FLUSH_ROWS = 4000

/** One entry of a task's feed log; replaying the log gives the same tree again. */
export type Feed = { sourceId: string; thread: ThreadKey; fromOffset: number; toOffset: number; options: FeedOptions }
export type FeedOptions = {
  fork?: boolean
  ignoreInline?: ThreadKey[]
  document?: boolean
  /** So many bytes at the beginning were written by Makima, as a copy of what had been said. */
  copiedBytes?: number
  /** The same where what was written can be removed: what is not younger (milliseconds since 1970). */
  copiedUntil?: number
}

export type FedSource = {
  sourceId: string
  bytes: number
  parsedTo: number
  contentHash: Buffer
  report: SourceReport
  /** SHA-256 of the first n bytes, for the lengths that were asked for. */
  prefixes: Map<number, string>
}

type FeedState = { counter: ReturnType<TranscriptFormat['createCounter']>; lines: number; hashes: PrefixHashes }

export type Listener = {
  read(bytes: number, records: number): void
  placed(rows: PlacedMessage[]): void
  signal: AbortSignal
}

export class SessionFeed {
  readonly reader
  readonly facts: SessionFact[] = []
  private readonly sourceNumbers = new Map<string, number>()
  private readonly sourceIds: string[] = []
  private readonly segmentIds = new Map<string, string>()
  private chunks: ChunkRow[] = []
  private chunkBytes = 0
  private writing: Promise<void> = Promise.resolve()

  constructor(
    private readonly ctx: Context,
    private readonly format: TranscriptFormat,
    private readonly listener: Listener,
  ) {
    this.reader = format.createReader()
  }

  /** A segment that an earlier import wrote. */
  rememberSegment(thread: ThreadKey, index: number, id: string): void {
    this.segmentIds.set(`${thread}#${index}`, id)
  }

  segmentId(thread: ThreadKey, index: number): string {
    const key = `${thread}#${index}`
    let id = this.segmentIds.get(key)
    if (!id) {
      id = newSegmentId()
      this.segmentIds.set(key, id)
    }
    return id
  }

  /**
   * Brings the reader to where earlier imports left it. Returns, for the source that is to go on, its counter and lines so far.
   */
  async replay(feeds: Feed[], continued: string | null) {
    const counter = this.format.createCounter()
    let lines = 0
    for (const feed of feeds) {
      this.begin(feed.sourceId, feed.options)
      const isContinued = feed.sourceId === continued
      const stream = this.stream(feed.options, lines)
      const take = (records: RawRecord[]) => {
        for (const record of records) {
          readSafely(this.reader, record, feed.thread)
          if (isContinued) countSafely(counter, record)
        }
        this.reader.drain()
      }
      for await (const stored of readStoredBlocks(this.ctx.db, feed.sourceId, feed.fromOffset, feed.toOffset)) {
        take(stream.push({ ...stored, complete: true }))
        this.listener.signal.throwIfAborted()
      }
      take(stream.end())
      if (isContinued) lines = stream.lines()
    }
    return { counter, lines }
  }

  private stream(options: FeedOptions, lines: number) {
    return createRecordStream(options.document ? 'document' : 'lines', this.format.documentList, lines)
  }

  private begin(sourceId: string, options: FeedOptions): void {
    let number = this.sourceNumbers.get(sourceId)
    if (number === undefined) {
      number = this.sourceIds.push(sourceId) - 1
      this.sourceNumbers.set(sourceId, number)
    }
    if (options.ignoreInline) this.reader.ignoreInlineThreads(options.ignoreInline)
    if (options.fork) this.reader.beginFork()
    this.reader.beginSource(number, options.copiedBytes, options.copiedUntil)
  }

  /** Reads a source from a byte on, stores its bytes and places its records. */
  async feed(candidate: Candidate, feed: Omit<Feed, 'toOffset'>, state: FeedState): Promise<FedSource> {
    try {
      return await this.readSource(candidate, feed, state)
    } catch (error) {
      // A transaction that is rolled back in the middle of a COPY takes its connection with it, and the whole import.
      await this.writing.catch(() => undefined)
      throw error
    }
  }

  private async readSource(candidate: Candidate, feed: Omit<Feed, 'toOffset'>, state: FeedState): Promise<FedSource> {
    this.begin(feed.sourceId, feed.options)
    const splitter = createBlockSplitter({ startOffset: feed.fromOffset })
    const stream = this.stream(feed.options, state.lines)
    let parsedTo = feed.fromOffset
    let bytes = feed.fromOffset

    const read = (records: RawRecord[]) => {
      for (const record of records) {
        countSafely(state.counter, record)
        readSafely(this.reader, record, feed.thread)
      }
      return records.length
    }
    const take = async (block: Block) => {
      this.chunks.push({ sourceId: feed.sourceId, block })
      this.chunkBytes += block.bytes.length
      const records = read(stream.push(block))
      if (block.complete) parsedTo = block.offset + block.bytes.length
      this.listener.read(block.bytes.length, records)
      if (this.chunkBytes >= FLUSH_BYTES || this.reader.pending().rows >= FLUSH_ROWS) await this.flush()
    }
    for await (const piece of candidate.open(feed.fromOffset)) {
      this.listener.signal.throwIfAborted()
      state.hashes.update(piece)
      bytes += piece.length
      for (const block of splitter.push(piece)) await take(block)
    }
    for (const block of splitter.end()) await take(block)
    this.listener.read(0, read(stream.end()))
    // A document is read anew when it changes: there is no tail to wait for.
    if (feed.options.document) parsedTo = bytes
    const { contentHash, found } = state.hashes.end()
    return {
      sourceId: feed.sourceId,
      bytes,
      parsedTo,
      contentHash,
      report: fitReport(state.counter.report()),
      prefixes: found,
    }
  }

  /** Hands what has come so far to the database; the next stretch is parsed meanwhile. At most one write is under way. */
  async flush(): Promise<void> {
    await this.writing
    const chunks = this.chunks
    const { messages, patches, facts } = this.reader.drain()
    this.chunks = []
    this.chunkBytes = 0
    this.facts.push(...facts)
    this.listener.placed(messages)
    const places = {
      ownerId: this.ctx.actor.ownerId,
      segmentId: (thread: ThreadKey, segment: number) => this.segmentId(thread, segment),
      sourceId: (number: number) => this.sourceIds[number] ?? '',
    }
    this.writing = (async () => {
      await writeChunks(this.ctx.db, chunks)
      await writeMessages(this.ctx.db, messages, places)
      await writePatches(this.ctx.db, patches, places)
    })()
    // The rejection is thrown by the next await of `writing`; without a handler now it would end the process first.
    this.writing.catch(() => undefined)
  }

  /** Waits for the write under way. Nothing else may be asked of this transaction before, as a COPY owns its connection. */
  async settle(): Promise<void> {
    await this.writing
  }

  /** Waits until everything is written. */
  async finish(): Promise<void> {
    await this.flush()
    await this.writing
  }
}
