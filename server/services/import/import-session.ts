// Imports all sources of one session in one transaction: after it either everything of them is there, or nothing.
import { createHash } from 'node:crypto'
import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import { newId } from '@/db/ids'
import { tasks } from '@/db/schema'
import { transcriptChunks, transcriptFeeds, transcriptSources } from '@/db/talk-tables'
import { type Context, withTransaction } from '@/server/context'
import { ensureHistoryMonths, recordEvents } from '@/server/services/history'
import { countLines, createBlockSplitter, parseBlock } from '@/server/transcripts/json-values'
import type { PlacedMessage, SessionFacts, SourceReport, ThreadKey, TranscriptFormat } from '@/server/transcripts/types'
import type { Candidate } from './candidates'
import { type FedSource, type Feed, type FeedOptions, type Listener, PrefixHashes, SessionFeed } from './session-feed'
import { type SessionPlace, findSession, listSegments, writeSession } from './session-records'
import { findPlanner } from './planner'
import type { Sniffed } from './sniff'
import { hashStoredPrefix, readStoredBlocks } from './stored-bytes'

export type SessionSource = { candidate: Candidate; sniffed: Sniffed }
export type SessionGroup = { format: TranscriptFormat; sessionId: string; sources: SessionSource[] }
export type Outcome = 'new' | 'grown' | 'unchanged' | 'rewritten'
export type SourceResult = { path: string; sourceId: string; outcome: Outcome; report: SourceReport; bytes: number }

export type SessionImport = {
  results: SourceResult[]
  /** Null when nothing was new. */
  written: { contractId: string; taskIds: Map<ThreadKey, string>; mainTaskId: string | null } | null
}

export type Progress = { read(bytes: number, records: number): void; placed(rows: number): void; signal: AbortSignal }

type SourceRow = typeof transcriptSources.$inferSelect
type Task = {
  source: SessionSource
  sourceId: string
  outcome: Exclude<Outcome, 'unchanged'>
  row: SourceRow | null
  continued: boolean
}
type Counter = ReturnType<TranscriptFormat['createCounter']>

const MAIN: ThreadKey = ''

/** `placeOf` finds the repository and worktree of a session by the folders its records name. */
export async function importSession(
  ctx: Context,
  group: SessionGroup,
  placeOf: (facts: SessionFacts) => Promise<SessionPlace>,
  progress: Progress,
): Promise<SessionImport> {
  return withTransaction(ctx, async (inside) => {
    const rows = await findSources(inside, group)
    const results: SourceResult[] = []
    const todo: Task[] = []
    for (const source of inFeedingOrder(group.sources)) {
      const task = await classify(inside, source, rows.get(source.candidate.path) ?? null)
      if (task) todo.push(task)
      else {
        const row = rows.get(source.candidate.path) as SourceRow
        progress.read(source.candidate.bytes, 0)
        results.push({
          path: row.path,
          sourceId: row.id,
          outcome: 'unchanged',
          report: row.report as SourceReport,
          bytes: row.bytes,
        })
      }
    }
    if (todo.length === 0) return { results, written: null }
    const written = await feedAll(inside, ctx, group, todo, results, placeOf, progress)
    return { results, written }
  })
}

async function findSources(ctx: Context, group: SessionGroup): Promise<Map<string, SourceRow>> {
  const paths = group.sources.map((source) => source.candidate.path)
  const kind = group.sources[0]?.candidate.kind ?? 'file'
  const rows = await ctx.db
    .select()
    .from(transcriptSources)
    .where(
      and(
        eq(transcriptSources.ownerId, ctx.actor.ownerId),
        eq(transcriptSources.kind, kind),
        inArray(transcriptSources.path, paths),
        isNull(transcriptSources.replacedAt),
      ),
    )
  return new Map(rows.map((row) => [row.path, row]))
}

/** Main threads before subagents; the earliest beginning first, of equal ones the longest: the others are mostly its beginnings. */
function inFeedingOrder(sources: SessionSource[]): SessionSource[] {
  return sources.toSorted(
    (a, b) =>
      Number(a.sniffed.thread !== MAIN) - Number(b.sniffed.thread !== MAIN) ||
      (a.sniffed.firstAt ?? '').localeCompare(b.sniffed.firstAt ?? '') ||
      b.candidate.bytes - a.candidate.bytes,
  )
}

/** What is to be done with a source; null when its content is in the database already. */
async function classify(ctx: Context, source: SessionSource, row: SourceRow | null): Promise<Task | null> {
  const { candidate } = source
  if (!row?.report) return { source, sourceId: row?.id ?? newId(), outcome: 'new', row, continued: false }
  if (row.identity === candidate.identity && row.bytes === candidate.bytes) return null
  const begins =
    candidate.bytes >= row.bytes && (await hashBeginning(candidate, row.bytes)) === row.contentHash?.toString('hex')
  if (begins && candidate.bytes === row.bytes) {
    await ctx.db.update(transcriptSources).set({ identity: candidate.identity }).where(eq(transcriptSources.id, row.id))
    return null
  }
  // A source that was only the beginning of another has no bytes of its own to go on from.
  if (begins) return { source, sourceId: row.id, outcome: 'grown', row, continued: row.prefixOf === null }
  await ctx.db.update(transcriptSources).set({ replacedAt: ctx.now() }).where(eq(transcriptSources.id, row.id))
  return { source, sourceId: newId(), outcome: 'rewritten', row, continued: false }
}

async function hashBeginning(candidate: Candidate, length: number): Promise<string> {
  const hash = createHash('sha256')
  let left = length
  for await (const piece of candidate.open(0)) {
    hash.update(piece.subarray(0, Math.min(left, piece.length)))
    left -= piece.length
    if (left <= 0) break
  }
  return hash.digest('hex')
}

async function feedAll(
  ctx: Context,
  outside: Context,
  group: SessionGroup,
  todo: Task[],
  results: SourceResult[],
  placeOf: (facts: SessionFacts) => Promise<SessionPlace>,
  progress: Progress,
) {
  const session = await findSession(ctx, group.format.agent, group.sessionId)
  const origin = await findOrigin(ctx, group, session)
  const prompts: PlacedMessage[] = []
  const listener: Listener = {
    read: progress.read,
    signal: progress.signal,
    placed: (rows) => {
      for (const row of rows)
        if (row.thread === MAIN && (row.kind === 'prompt' || row.kind === 'command')) prompts.push(row)
      progress.placed(rows.length)
    },
  }
  const feed = new SessionFeed(ctx, group.format, listener)
  for (const segment of [...(origin?.segments ?? []), ...session.segments])
    feed.rememberSegment(segment.thread, segment.index, segment.id)

  const mainTaskId = session.known.get(MAIN)?.id ?? [...session.known.values()][0]?.id ?? null
  const ownFeeds = mainTaskId ? await listFeeds(ctx, mainTaskId) : []
  const feeds = ownFeeds.length > 0 ? ownFeeds : (origin?.feeds ?? [])
  const continued = todo.find((task) => task.continued)
  const replayed = await feed.replay(feeds, continued?.sourceId ?? null)
  const before = feeds.length
  const inheritedThreads = new Set(feed.reader.threads().keys())

  const filled = new Map<string, { bytes: number; prefixes: Map<number, string> }>()
  const fed: { task: Task; fed: FedSource; prefixOf: string | null }[] = []
  const ignoreInline = todo
    .map((task) => task.source.sniffed.thread)
    .filter((thread) => thread !== MAIN && !inheritedThreads.has(thread))
  let startsFork = origin !== null && ownFeeds.length === 0
  for (const task of todo) {
    await feed.settle()
    const { candidate, sniffed } = task.source
    // Only one source can go on from the reader's replayed counter; others that grew are recounted from their bytes.
    const resumes = task === continued
    const recounted = task.continued && !resumes ? await recount(ctx, group.format, task) : null
    const state = resumes ? replayed : (recounted ?? { counter: group.format.createCounter(), lines: 0 })
    const from = task.continued ? (task.row?.parsedTo ?? 0) : 0
    if (from === 0) {
      const known = await findHolder(ctx, filled, session, mainTaskId, candidate, state.counter, progress)
      if (known) {
        fed.push({ task, fed: { ...known.fed, sourceId: task.sourceId }, prefixOf: known.sourceId })
        continue
      }
    }
    await ctx.db.delete(transcriptChunks).where(sql`source_id = ${task.sourceId} and start_offset >= ${from}`)
    const hashes = new PrefixHashes(shorterThan(todo, task))
    if (from > 0) await hashInto(hashes, candidate, from)
    const options: FeedOptions = {
      ...(startsFork && { fork: true }),
      ...(ignoreInline.length > 0 && { ignoreInline }),
    }
    startsFork = false
    const counter = from === 0 ? group.format.createCounter() : state.counter
    const source = await feed.feed(
      candidate,
      { sourceId: task.sourceId, thread: sniffed.thread, fromOffset: from, options },
      { counter, lines: from === 0 ? 0 : state.lines, hashes },
    )
    filled.set(task.sourceId, { bytes: source.bytes, prefixes: source.prefixes })
    feeds.push({
      sourceId: task.sourceId,
      thread: sniffed.thread,
      fromOffset: from,
      toOffset: source.parsedTo,
      options,
    })
    fed.push({ task, fed: source, prefixOf: null })
  }
  await feed.finish()

  const readerFacts = feed.reader.facts()
  const place = await placeOf(readerFacts)
  const holdsTalk = feed.reader.threads().size > 0
  const rewritten = todo.flatMap((task) =>
    task.outcome === 'rewritten' && task.row
      ? [{ sourceId: task.sourceId, path: task.row.path, replaces: task.row.id }]
      : [],
  )
  const result = holdsTalk
    ? await writeSession(ctx, {
        agent: group.format.agent,
        sessionId: group.sessionId,
        feed,
        known: session.known,
        origin: origin ? { ...origin, segmentIds: new Set(origin.segments.map((segment) => segment.id)) } : null,
        continues: session.known.size === 0 && !origin ? await findPlanner(ctx, group, readerFacts, prompts[0]) : null,
        place,
        prompts,
        rewritten,
      })
    : null
  const logTaskId = result ? (mainTaskId ?? result.taskIds.get(MAIN) ?? [...result.taskIds.values()][0] ?? null) : null
  for (const { task, fed: source, prefixOf } of fed) {
    const taskId = result?.taskIds.get(task.source.sniffed.thread) ?? result?.taskIds.get(MAIN) ?? null
    await writeSource(ctx, group, task, source, prefixOf, taskId, readerFacts)
    results.push({
      path: task.source.candidate.path,
      sourceId: task.sourceId,
      outcome: task.outcome,
      bytes: source.bytes,
      report: source.report,
    })
  }
  if (logTaskId) {
    const isNewLog = ownFeeds.length === 0
    await writeFeeds(ctx, logTaskId, isNewLog ? feeds : feeds.slice(before), isNewLog ? 0 : before)
  }
  if (!result) return null
  // Months are made outside: a new month locks the history, and this transaction may still be long.
  if (result.firstAt !== null && result.lastAt !== null) {
    await ensureHistoryMonths(outside.db, new Date(result.firstAt), new Date(result.lastAt))
  }
  await recordEvents(ctx, result.events)
  return { contractId: result.contractId, taskIds: result.taskIds, mainTaskId: result.taskIds.get(MAIN) ?? null }
}

/** A fork inside the agent begins with copies of its origin's records under the same ids. */
async function findOrigin(ctx: Context, group: SessionGroup, session: Awaited<ReturnType<typeof findSession>>) {
  let originTaskId = session.forkedFromTaskId
  const ids = group.sources
    .filter((source) => source.sniffed.thread === MAIN)
    .flatMap((source) => source.sniffed.userIds)
  if (!originTaskId && session.known.size === 0 && ids.length > 0) {
    const [found] = await ctx.db.execute<{ id: string }>(sql`
      select t.id from messages m join segments g on g.id = m.segment_id join tasks t on t.id = g.task_id
      where m.kind in ('prompt', 'command') and m.native_id in ${ids} and t.agent = ${group.format.agent} and t.native_thread = ''
        and t.owner_id = ${ctx.actor.ownerId} and t.native_session_id <> ${group.sessionId} limit 1`)
    originTaskId = found?.id ?? null
  }
  if (!originTaskId) return null
  const lineage = await listLineage(ctx, originTaskId)
  const first = lineage[0]
  if (!first) return null
  const segments = await listSegments(
    ctx,
    lineage.flatMap((task) => task.taskIds),
  )
  return { taskId: originTaskId, contractId: first.contractId, segments, feeds: await listFeeds(ctx, originTaskId) }
}

/** The session of a task, the session that one was forked from, and so on; all their tasks. */
async function listLineage(ctx: Context, taskId: string) {
  const lineage: { contractId: string; taskIds: string[] }[] = []
  const seen = new Set<string>()
  for (let next: string | null = taskId; next && !seen.has(next); ) {
    seen.add(next)
    const [task] = await ctx.db.select().from(tasks).where(eq(tasks.id, next))
    if (!task?.nativeSessionId) break
    const all = await ctx.db
      .select({ id: tasks.id })
      .from(tasks)
      .where(
        and(
          eq(tasks.ownerId, ctx.actor.ownerId),
          eq(tasks.agent, task.agent),
          eq(tasks.nativeSessionId, task.nativeSessionId),
        ),
      )
    lineage.push({ contractId: task.contractId, taskIds: all.map((row) => row.id) })
    next = task.forkedFromTaskId
  }
  return lineage
}

async function listFeeds(ctx: Context, taskId: string): Promise<Feed[]> {
  const rows = await ctx.db
    .select()
    .from(transcriptFeeds)
    .where(eq(transcriptFeeds.taskId, taskId))
    .orderBy(asc(transcriptFeeds.number))
  return rows.map((row) => ({ ...row, options: row.options as FeedOptions }))
}

async function writeFeeds(ctx: Context, taskId: string, feeds: Feed[], from: number): Promise<void> {
  if (feeds.length === 0) return
  await ctx.db.insert(transcriptFeeds).values(feeds.map((feed, index) => ({ ...feed, taskId, number: from + index })))
}

const shorterThan = (todo: Task[], task: Task) =>
  todo
    .filter((other) => other !== task && other.source.candidate.bytes <= task.source.candidate.bytes)
    .map((other) => other.source.candidate.bytes)

async function hashInto(hashes: PrefixHashes, candidate: Candidate, length: number): Promise<void> {
  let left = length
  for await (const piece of candidate.open(0)) {
    hashes.update(piece.subarray(0, Math.min(left, piece.length)))
    left -= piece.length
    if (left <= 0) break
  }
}

/**
 * Looks for a source that begins with all bytes of this one: then nothing is stored twice. Counts the source while it
 * reads it, as each source has a report of its own.
 */
async function findHolder(
  ctx: Context,
  filled: Map<string, { bytes: number; prefixes: Map<number, string> }>,
  session: Awaited<ReturnType<typeof findSession>>,
  mainTaskId: string | null,
  candidate: Candidate,
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
  const counted = await countOnly(candidate, counter, progress.signal)
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

async function countOnly(candidate: Candidate, counter: Counter, signal: AbortSignal): Promise<FedSource> {
  const splitter = createBlockSplitter()
  const hashes = new PrefixHashes([])
  let bytes = 0
  let lines = 0
  let parsedTo = 0
  const take = (blocks: ReturnType<typeof splitter.push>) => {
    for (const block of blocks) {
      for (const record of parseBlock(block, lines + 1)) counter.count(record)
      lines += countLines(block)
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
  const { contentHash, found } = hashes.end()
  return { sourceId: '', bytes, parsedTo, contentHash, report: counter.report(), prefixes: found }
}

/** Counts what an earlier import read of a source, from the stored bytes. */
async function recount(
  ctx: Context,
  format: TranscriptFormat,
  task: Task,
): Promise<{ counter: Counter; lines: number }> {
  const counter = format.createCounter()
  let lines = 0
  for await (const stored of readStoredBlocks(ctx.db, task.sourceId, 0, task.row?.parsedTo ?? 0)) {
    const block = { ...stored, complete: true }
    for (const record of parseBlock(block, lines + 1)) counter.count(record)
    lines += countLines(block)
  }
  return { counter, lines }
}

async function writeSource(
  ctx: Context,
  group: SessionGroup,
  task: Task,
  fed: FedSource,
  prefixOf: string | null,
  taskId: string | null,
  facts: SessionFacts,
): Promise<void> {
  const { candidate, sniffed } = task.source
  const state = {
    identity: candidate.identity,
    nativeSessionId: group.sessionId,
    nativeThread: sniffed.thread,
    taskId,
    formatVersion: facts.version,
    bytes: fed.bytes,
    parsedTo: fed.parsedTo,
    contentHash: fed.contentHash,
    prefixOf,
    report: fed.report,
    modifiedAt: candidate.modifiedAt,
  }
  await ctx.db
    .insert(transcriptSources)
    .values({
      id: task.sourceId,
      ownerId: ctx.actor.ownerId,
      agent: group.format.agent,
      kind: candidate.kind,
      path: candidate.path,
      replaces: task.outcome === 'rewritten' ? (task.row?.id ?? null) : null,
      createdAt: ctx.now(),
      ...state,
    })
    .onConflictDoUpdate({ target: transcriptSources.id, set: state })
}
