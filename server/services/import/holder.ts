// Finds a stored source that begins with all bytes of another: a copy of a session's beginning is counted, not stored again.
import { and, inArray, isNull, sql } from 'drizzle-orm'
import { transcriptSources } from '@/db/talk-tables'
import type { Context } from '@/server/context'
import { createRecordStream, type RecordStream } from '@/server/transcripts/json-document'
import { createBlockSplitter } from '@/server/transcripts/json-values'
import { countSafely } from '@/server/transcripts/read-safely'
import type { TranscriptFormat } from '@/server/transcripts/types'
import type { Candidate } from './candidates'
import { fitReport } from './fit-session'
import type { KnownSession } from './known-session'
import { PrefixHashes } from './prefix-hashes'
import type { FedSource } from './session-feed'
import type { Counter, Progress, SourceTask } from './session-group'
import { hashStoredPrefix, readStoredBlocks } from './stored-bytes'

/**
 * Looks for a source that begins with all bytes of this one: then nothing is stored twice. Counts the source while it
 * reads it, as each source has a report of its own.
 */
export async function findHolder(
  ctx: Context,
  filled: Map<string, { bytes: number; prefixes: Map<number, string> }>,
  session: KnownSession,
  mainTaskId: string | null,
  candidate: Candidate,
  stream: RecordStream,
  counter: Counter,
  progress: Progress,
): Promise<{ sourceId: string; fed: FedSource } | null> {
  const fresh = [...filled].filter(([, source]) => source.bytes >= candidate.bytes)
  const stored = mainTaskId
    ? await ctx.db
        .select({ id: transcriptSources.id, bytes: transcriptSources.bytes })
        .from(transcriptSources)
        .where(
          and(
            inArray(
              transcriptSources.taskId,
              [...session.known.values()].map((task) => task.id),
            ),
            isNull(transcriptSources.prefixOf),
            sql`${transcriptSources.bytes} >= ${candidate.bytes}`,
            sql`${transcriptSources.report} is not null`,
          ),
        )
    : []
  if (fresh.length === 0 && stored.length === 0) return null
  const counted = await countOnly(candidate, stream, counter, progress.signal)
  const digest = counted.contentHash.toString('hex')
  const holder =
    fresh.find(([, source]) => source.prefixes.get(counted.bytes) === digest)?.[0] ??
    (await findStoredHolder(
      ctx,
      stored.filter((row) => !filled.has(row.id)).map((row) => row.id),
      counted.bytes,
      digest,
    ))
  if (!holder) return null
  progress.read(counted.bytes, counted.report.records)
  return { sourceId: holder, fed: counted }
}

async function findStoredHolder(ctx: Context, ids: string[], length: number, digest: string): Promise<string | null> {
  for (const id of ids) if ((await hashStoredPrefix(ctx.db, id, length)).toString('hex') === digest) return id
  return null
}

async function countOnly(
  candidate: Candidate,
  stream: RecordStream,
  counter: Counter,
  signal: AbortSignal,
): Promise<FedSource> {
  const splitter = createBlockSplitter()
  const hashes = new PrefixHashes([])
  let bytes = 0
  let parsedTo = 0
  const take = (blocks: ReturnType<typeof splitter.push>) => {
    for (const block of blocks) {
      for (const record of stream.push(block)) countSafely(counter, record)
      if (block.complete) parsedTo = block.offset + block.bytes.length
    }
  }
  for await (const piece of candidate.open(0)) {
    signal.throwIfAborted()
    hashes.update(piece)
    bytes += piece.length
    take(splitter.push(piece))
  }
  take(splitter.end())
  for (const record of stream.end()) countSafely(counter, record)
  const { contentHash, found } = hashes.end()
  return { sourceId: '', bytes, parsedTo, contentHash, report: fitReport(counter.report()), prefixes: found }
}

/** Counts what an earlier import read of a source, from the stored bytes. */
export async function recount(
  ctx: Context,
  format: TranscriptFormat,
  task: SourceTask,
): Promise<{ counter: Counter; lines: number }> {
  const counter = format.createCounter()
  const stream = createRecordStream('lines', null)
  for await (const stored of readStoredBlocks(ctx.db, task.sourceId, 0, task.row?.parsedTo ?? 0)) {
    for (const record of stream.push({ ...stored, complete: true })) countSafely(counter, record)
  }
  return { counter, lines: stream.lines() }
}
