// Writes what a session is (contract, tasks, segments) and what happened in it (history), after its messages have been placed.
import { eq, sql } from 'drizzle-orm'
import { newId } from '@/db/ids'
import { contracts, tasks } from '@/db/schema'
import { segments } from '@/db/talk-tables'
import type { Context } from '@/server/context'
import type { NewEvent } from '@/server/services/history'
import { toMessageId } from '@/server/services/message-id'
import type { SessionFacts, ThreadKey, ThreadState } from '@/server/transcripts/types'
import { fitEvent, fitThread } from './fit-session'
import { insertRows } from './insert-rows'
import type { KnownTask } from './known-session'
import type { LinkedSession } from './linked-session'
import { titleOfPlan } from './planner'
import type { PromptPlace } from './prompt-place'
import { buildEvents } from './session-events'
import type { SessionFeed } from './session-feed'
import { findStatus } from './session-status'
import { largest, smallest, toDate } from './times'
import { sumContract, sumTasks } from './totals'

export type SessionPlace = { repositoryId: string | null; worktreeId: string | null }

export type SessionInput = {
  agent: string
  sessionId: string
  feed: SessionFeed
  facts: SessionFacts
  known: Map<ThreadKey, KnownTask>
  /** The task was there before the session: a person gave it its name, and a worker may be running its agent. */
  linked: LinkedSession | null
  /** The task this session was forked from inside the agent, and the segments that stay its own. */
  origin: { taskId: string; contractId: string; segmentIds: Set<string> } | null
  /** A session that this one goes on from with a plan: same contract, no shared messages. */
  continues: { taskId: string; contractId: string } | null
  place: SessionPlace
  prompts: PromptPlace[]
  rewritten: { sourceId: string; path: string; replaces: string }[]
  /** The agent's own files: their end is where the agent stands. A copy taken at a commit ends in the middle of a turn. */
  isWhole: boolean
}

export type SessionResult = {
  contractId: string
  taskIds: Map<ThreadKey, string>
  events: NewEvent[]
  firstAt: number | null
  lastAt: number | null
}

const MAIN: ThreadKey = ''

/** Brings contract, tasks and segments to the state of the reader. Returns the events to record. */
export async function writeSession(ctx: Context, input: SessionInput): Promise<SessionResult> {
  const threads = new Map([...input.feed.reader.threads()].map(([key, thread]) => [key, fitThread(thread)]))
  const own = ownThreads(input, threads)
  const main = threads.get(MAIN)
  const { facts } = input
  const fallback = ctx.now().getTime()
  const firstAt = smallest([...own.values()].map((thread) => thread.firstAt))
  const lastAt = largest([...own.values()].map((thread) => thread.lastAt))
  const plan =
    facts.continuesPlan && facts.title?.startsWith('Implement the following plan')
      ? titleOfPlan(input.prompts[0]?.preview ?? '')
      : null
  const title = plan ?? facts.title ?? nameWithoutTitle(input.sessionId)
  const knownContract = input.known.get(MAIN)?.contractId ?? [...input.known.values()][0]?.contractId
  const contractId = knownContract ?? input.origin?.contractId ?? input.continues?.contractId ?? newId()
  const isNewContract = !knownContract && !input.origin && !input.continues
  const lastPhase = input.feed.facts.findLast((fact) => fact.type === 'phase' && fact.thread === MAIN)
  const phase = lastPhase?.type === 'phase' ? lastPhase.phase : 'execute'
  // A contract that a person or its supervisor leads keeps its phase until the agent itself plans.
  const setsPhase = lastPhase !== undefined || !input.linked
  const shared = { ownerId: ctx.actor.ownerId, repositoryId: input.place.repositoryId }
  const taskIds = new Map([...own.keys()].map((key) => [key, input.known.get(key)?.id ?? newId()] as const))
  const mainId = taskIds.get(MAIN) ?? null

  if (isNewContract) {
    const contract = {
      id: contractId,
      ...shared,
      name: title,
      phase,
      supervisorTaskId: mainId,
      agents: [input.agent],
      createdAt: new Date(firstAt ?? fallback),
      lastActivityAt: new Date(lastAt ?? fallback),
    }
    await insertRows(ctx.db, [contract], (rows) => ctx.db.insert(contracts).values(rows))
  } else {
    // A session that only joined the contract gives it no name; one whose subagents came first becomes its supervisor now.
    await ctx.db
      .update(contracts)
      .set({
        name: sql`case when renamed then name else ${title} end`,
        phase: setsPhase ? phase : undefined,
        repositoryId: sql`coalesce(repository_id, ${input.place.repositoryId})`,
        supervisorTaskId: mainId,
      })
      .where(sql`id = ${contractId} and (supervisor_task_id = ${mainId} or supervisor_task_id is null)`)
  }

  const cwd = facts.cwds[0]
  const mainStatus = input.isWhole && main ? await findStatus(ctx, headOf(input, main), main.lastAt) : 'completed'
  const newTasks: (typeof tasks.$inferInsert)[] = []
  for (const [key, thread] of own) {
    const isMain = key === MAIN
    const at = { startedAt: toDate(thread.firstAt), lastActivityAt: new Date(thread.lastAt ?? lastAt ?? fallback) }
    const state = {
      name: isMain ? title : (thread.description ?? thread.agentType ?? `Subagent ${key.slice(0, 8)}`),
      // A session at rest may go on at any time, so only what was seen to end is said to have ended.
      status: isMain ? mainStatus : thread.finished ? 'completed' : 'interrupted',
      completedAt: isMain || !thread.finished ? null : toDate(thread.lastAt),
      phase: isMain ? phase : 'execute',
      spawnedByToolId: thread.spawnedByToolId,
      models: [...thread.models],
      cwd: cwd?.cwd ?? null,
      branch: facts.cwds.at(-1)?.branch ?? cwd?.branch ?? null,
      worktreeId: input.place.worktreeId,
      repositoryId: input.place.repositoryId,
      ...at,
    }
    const taskId = taskIds.get(key) as string
    if (input.known.has(key)) {
      const { worktreeId, repositoryId, ...found } = state
      // Of a task that Makima made or goes on with it is known where it works and what a person called it.
      const kept =
        isMain && input.linked
          ? { name: undefined, cwd: undefined, branch: undefined, ...(setsPhase ? {} : { phase: undefined }) }
          : {}
      const held = isMain && input.linked?.running ? { status: undefined, completedAt: undefined } : {}
      const parent = isMain || !mainId ? {} : { parentTaskId: mainId }
      await ctx.db
        .update(tasks)
        .set({
          ...found,
          // A fork that was undone stays so, also when its session is read to the end only now.
          status: sql`case when status = 'undone' then status else ${found.status} end`,
          ...kept,
          ...held,
          ...parent,
          worktreeId: sql`coalesce(worktree_id, ${worktreeId})`,
          repositoryId: sql`coalesce(repository_id, ${repositoryId})`,
        })
        .where(eq(tasks.id, taskId))
    } else {
      newTasks.push({
        id: taskId,
        ...shared,
        ...state,
        contractId,
        agent: input.agent,
        parentTaskId: isMain ? null : mainId,
        isSupervisor: isMain && !input.origin && !input.continues,
        nativeSessionId: input.sessionId,
        nativeThread: key,
        forkedFromTaskId: isMain ? (input.origin?.taskId ?? null) : null,
        forkPoint: isMain && input.origin && main ? forkPoint(input, main) : null,
        continueFromTaskId: isMain ? (input.continues?.taskId ?? null) : null,
        headSegmentId: input.feed.segmentId(key, thread.head.segment),
        headSeq: thread.head.seq,
        createdAt: new Date(thread.firstAt ?? fallback),
      })
    }
  }
  await insertRows(ctx.db, newTasks, (rows) => ctx.db.insert(tasks).values(rows))
  const newSegments: (typeof segments.$inferInsert)[] = []
  for (const [key, thread] of own) {
    newSegments.push(...(await growSegments(ctx, input, key, thread, taskIds.get(key) as string)))
  }
  await insertRows(ctx.db, newSegments, (rows) => ctx.db.insert(segments).values(rows))
  await sumTasks(ctx, [...taskIds.values()])
  await sumContract(ctx, contractId)
  const events = buildEvents(input, { contractId, isNewContract, title, taskIds, own, phase }).map(fitEvent)
  return { contractId, taskIds, events, firstAt, lastAt }
}

function headOf(input: SessionInput, { key, head }: ThreadState) {
  return { segmentId: input.feed.segmentId(key, head.segment), seq: head.seq }
}

/** A source that names no session is called by its file. */
function nameWithoutTitle(sessionId: string): string {
  return sessionId.includes('/') ? (sessionId.split('/').at(-1) ?? sessionId) : `Session ${sessionId.slice(0, 8)}`
}

/** Threads that hold something of this session itself: a fork's reader also knows the threads of its origin. */
function ownThreads(input: SessionInput, threads: Map<ThreadKey, ThreadState>): Map<ThreadKey, ThreadState> {
  const own = new Map<ThreadKey, ThreadState>()
  for (const [key, thread] of threads) {
    const inherited = input.origin?.segmentIds
    const hasOwn = thread.segments.some((_, index) => !inherited?.has(input.feed.segmentId(key, index)))
    if (key === MAIN || (hasOwn && thread.segments.length > 0)) own.set(key, thread)
  }
  return own
}

function forkPoint(input: SessionInput, main: ThreadState) {
  const first = main.segments.find(
    (segment, index) => segment.parent && !input.origin?.segmentIds.has(input.feed.segmentId(MAIN, index)),
  )
  const parent = first?.parent
  return {
    forkType: 'message_id' as const,
    messageId: parent && parent.seq > 0 ? toMessageId(input.feed.segmentId(MAIN, parent.segment), parent.seq) : null,
    checkpointId: null,
    timestamp: null,
  }
}

/** Brings known segments to their new length and moves the head of a known task. Returns the segments to be added. */
async function growSegments(
  ctx: Context,
  input: SessionInput,
  key: ThreadKey,
  thread: ThreadState,
  taskId: string,
): Promise<(typeof segments.$inferInsert)[]> {
  const lengths = input.known.get(key)?.segmentLengths
  const added: (typeof segments.$inferInsert)[] = []
  for (const [index, segment] of thread.segments.entries()) {
    const id = input.feed.segmentId(key, index)
    if (input.origin?.segmentIds.has(id)) continue
    const known = lengths?.get(id)
    if (known === segment.length) continue
    if (known !== undefined) {
      await ctx.db.update(segments).set({ length: segment.length }).where(eq(segments.id, id))
      continue
    }
    added.push({
      id,
      ownerId: ctx.actor.ownerId,
      taskId,
      parentSegmentId: segment.parent ? input.feed.segmentId(key, segment.parent.segment) : null,
      parentSeq: segment.parent?.seq ?? 0,
      nativeIndex: index,
      length: segment.length,
    })
  }
  if (lengths) await moveHead(ctx, taskId, input.feed.segmentId(key, thread.head.segment), thread.head.seq, lengths)
  return added
}

/**
 * Moves the head to where the transcript ends, unless a person has rewound the task in Makima meanwhile and the
 * transcript has not grown: their choice stands until the agent itself goes on.
 */
async function moveHead(
  ctx: Context,
  taskId: string,
  segmentId: string,
  seq: number,
  lengths: Map<string, number>,
): Promise<void> {
  if ((lengths.get(segmentId) ?? -1) >= seq) return
  await ctx.db.update(tasks).set({ headSegmentId: segmentId, headSeq: seq }).where(eq(tasks.id, taskId))
}
