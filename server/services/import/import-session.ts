// Imports all sources of one session in one transaction: after it either everything of them is there, or nothing.
import { sql } from 'drizzle-orm'
import pLimit from 'p-limit'
import { transcriptChunks } from '@/db/talk-tables'
import { type Context, withTransaction } from '@/server/context'
import { findForgotten, withoutStrings } from '@/server/services/forget/met-again'
import { ensureHistoryMonths, recordEvents } from '@/server/services/history'
import { createRecordStream } from '@/server/transcripts/json-document'
import type { SessionFacts, SourceReport, ThreadKey } from '@/server/transcripts/types'
import { classify, findSources, hashInto, inFeedingOrder } from './classify'
import { listFeeds, writeFeeds } from './feed-log'
import { fitFacts } from './fit-session'
import { findHolder, recount } from './holder'
import { findSession, isSessionHere } from './known-session'
import { findOrigin } from './origin'
import { type LinkedSession, lockSession } from './linked-session'
import { findPlanner } from './planner'
import { PrefixHashes } from './prefix-hashes'
import { type PromptPlace, toPromptPlace } from './prompt-place'
import { underRoot } from './root-session'
import { type FedSource, type FeedOptions, type Listener, SessionFeed } from './session-feed'
import type { Progress, SessionGroup, SessionSource, SourceResult, SourceRow, SourceTask } from './session-group'
import { type SessionPlace, writeSession } from './session-records'
import { writeSource } from './source-row'

export type SessionImport = {
  results: SourceResult[]
  /** Sources that were passed over, as a person has had them forgotten. */
  forgotten: SessionSource[]
  /** Null when nothing was new. */
  written: { contractId: string; taskIds: Map<ThreadKey, string>; mainTaskId: string | null } | null
}

const MAIN: ThreadKey = ''

/**
 * A session's transaction holds one connection and asks for a second one (for what is true whatever becomes of it), so as
 * many sessions as the pool has connections would wait for each other for ever. More at once would not be faster either.
 */
const atMostAtOnce = pLimit(3)

/** `placeOf` finds the repository and worktree of a session by the folders its records name. */
export async function importSession(
  ctx: Context,
  asked: SessionGroup,
  placeOf: (facts: SessionFacts) => Promise<SessionPlace>,
  progress: Progress,
): Promise<SessionImport> {
  return atMostAtOnce(() => importInside(ctx, asked, placeOf, progress))
}

function importInside(...[ctx, asked, placeOf, progress]: Parameters<typeof importSession>): Promise<SessionImport> {
  return withTransaction(ctx, async (inside) => {
    const whole = await underRoot(inside, asked)
    const linked = await lockSession(inside, whole.format.agent, whole.sessionId)
    const named = linked ? { ...whole, sessionId: linked.sessionId } : whole
    const isKnown = linked !== null || (await isSessionHere(inside, named))
    const gone = await findForgotten(inside, named, isKnown)
    const forgotten = named.sources.filter((source) => gone.has(source))
    for (const { candidate } of forgotten) progress.read(candidate.bytes, 0)
    if (forgotten.length === named.sources.length) return { results: [], forgotten, written: null }
    const kept = named.sources.filter((source) => !gone.has(source))
    const group = { ...named, sources: await withoutStrings(inside, kept) }
    // A power cut may cost the last sessions of an import, never a part of one; the next import reads them again.
    const [rows] = await Promise.all([
      findSources(inside, group),
      inside.db.execute(sql`set local synchronous_commit = off`),
    ])
    const results: SourceResult[] = []
    const todo: SourceTask[] = []
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
    const written =
      todo.length === 0 ? null : await feedAll(inside, ctx, group, linked, todo, results, placeOf, progress)
    await progress.done(inside, results)
    return { results, forgotten, written }
  })
}

async function feedAll(
  ctx: Context,
  outside: Context,
  group: SessionGroup,
  linked: LinkedSession | null,
  todo: SourceTask[],
  results: SourceResult[],
  placeOf: (facts: SessionFacts) => Promise<SessionPlace>,
  progress: Progress,
) {
  const session = await findSession(ctx, group.format.agent, group.sessionId)
  const origin = await findOrigin(ctx, group, session)
  const prompts: PromptPlace[] = []
  const listener: Listener = {
    read: progress.read,
    signal: progress.signal,
    placed: (rows) => {
      for (const row of rows)
        if (row.thread === MAIN && (row.kind === 'prompt' || row.kind === 'command')) prompts.push(toPromptPlace(row))
      // As the report counts them: a model's message is one, however many rows it has.
      progress.placed(
        rows.filter((row) => row.usage !== null || row.kind === 'prompt' || row.kind === 'command').length,
      )
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
  const fed: { task: SourceTask; fed: FedSource; prefixOf: string | null }[] = []
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
      const stream = createRecordStream(sniffed.layout, group.format.documentList)
      const known = await findHolder(ctx, filled, session, mainTaskId, candidate, stream, state.counter, progress)
      if (known) {
        fed.push({ task, fed: { ...known.fed, sourceId: task.sourceId }, prefixOf: known.sourceId })
        continue
      }
    }
    // A torn tail is read again; a source that is new has nothing yet.
    if (task.row?.id === task.sourceId)
      await ctx.db.delete(transcriptChunks).where(sql`source_id = ${task.sourceId} and start_offset >= ${from}`)
    const hashes = new PrefixHashes(shorterThan(todo, task))
    if (from > 0) await hashInto(hashes, candidate, from)
    const options: FeedOptions = {
      ...(startsFork && { fork: true }),
      ...(ignoreInline.length > 0 && { ignoreInline }),
      ...(sniffed.layout === 'document' && { document: true }),
      ...(linked && linked.copiedBytes > 0 && { copiedBytes: linked.copiedBytes }),
      ...(linked && linked.copiedUntil > 0 && { copiedUntil: linked.copiedUntil }),
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

  const readerFacts = fitFacts(feed.reader.facts())
  const place = await placeOf(readerFacts)
  const holdsTalk = feed.reader.threads().size > 0
  const rewritten = fed.flatMap(({ task, fed: source }) =>
    outcomeOf(task, source) === 'rewritten' && task.row
      ? [{ sourceId: task.sourceId, path: task.row.path, replaces: task.row.id }]
      : [],
  )
  const result = holdsTalk
    ? await writeSession(ctx, {
        agent: group.format.agent,
        sessionId: group.sessionId,
        feed,
        facts: readerFacts,
        known: session.known,
        linked,
        origin: origin ? { ...origin, segmentIds: new Set(origin.segments.map((segment) => segment.id)) } : null,
        continues: session.known.size === 0 && !origin ? await findPlanner(ctx, group, readerFacts, prompts[0]) : null,
        place,
        prompts,
        rewritten,
        isWhole: group.sources.every((source) => source.candidate.kind === 'file'),
      })
    : null
  const logTaskId = result ? (mainTaskId ?? result.taskIds.get(MAIN) ?? [...result.taskIds.values()][0] ?? null) : null
  for (const { task, fed: source, prefixOf } of fed) {
    const taskId = result?.taskIds.get(task.source.sniffed.thread) ?? result?.taskIds.get(MAIN) ?? null
    await writeSource(ctx, group, task, source, prefixOf, taskId, readerFacts)
    results.push({
      path: task.source.candidate.path,
      sourceId: task.sourceId,
      outcome: outcomeOf(task, source),
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

/** A document is written anew each time it grows; only one that lost something was rewritten. */
function outcomeOf({ outcome, row, source }: SourceTask, { report }: FedSource): SourceTask['outcome'] {
  if (outcome !== 'rewritten' || source.sniffed.layout !== 'document' || !row?.report) return outcome
  const before = row.report as SourceReport
  return report.messages < before.messages || report.toolCalls < before.toolCalls ? outcome : 'grown'
}

const shorterThan = (todo: SourceTask[], task: SourceTask) =>
  todo
    .filter((other) => other !== task && other.source.candidate.bytes <= task.source.candidate.bytes)
    .map((other) => other.source.candidate.bytes)
