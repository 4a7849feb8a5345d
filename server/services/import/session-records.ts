// Writes what a session is (contract, tasks, segments) and what happened in it (history), after its messages have been placed.
import { eq, inArray, sql } from 'drizzle-orm'
import { newId } from '@/db/ids'
import { contracts, tasks } from '@/db/schema'
import { segments } from '@/db/talk-tables'
import type { Context } from '@/server/context'
import type { NewEvent } from '@/server/services/history'
import { toMessageId } from '@/server/services/message-id'
import type { PlacedMessage, SessionFact, ThreadKey, ThreadState } from '@/server/transcripts/types'
import { titleOfPlan } from './planner'
import type { SessionFeed } from './session-feed'

export const PROMPT_PREVIEW = 400

/** A task of the session as it stood before this import. */
export type KnownTask = { id: string; contractId: string; segmentLengths: Map<string, number> }

export type SessionPlace = { repositoryId: string | null; worktreeId: string | null }

export type SessionInput = {
  agent: string
  sessionId: string
  feed: SessionFeed
  known: Map<ThreadKey, KnownTask>
  /** The task this session was forked from inside the agent, and the segments that stay its own. */
  origin: { taskId: string; contractId: string; segmentIds: Set<string> } | null
  /** A session that this one goes on from with a plan: same contract, no shared messages. */
  continues: { taskId: string; contractId: string } | null
  place: SessionPlace
  prompts: PlacedMessage[]
  rewritten: { sourceId: string; path: string; replaces: string }[]
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
  const threads = input.feed.reader.threads()
  const own = ownThreads(input)
  const main = threads.get(MAIN)
  const facts = input.feed.reader.facts()
  const fallback = ctx.now().getTime()
  const firstAt = smallest([...own.values()].map((thread) => thread.firstAt))
  const lastAt = largest([...own.values()].map((thread) => thread.lastAt))
  const plan =
    facts.continuesPlan && facts.title?.startsWith('Implement the following plan')
      ? titleOfPlan(input.prompts[0]?.text ?? '')
      : null
  const title = plan ?? facts.title ?? `Session ${input.sessionId.slice(0, 8)}`
  const knownContract = input.known.get(MAIN)?.contractId ?? [...input.known.values()][0]?.contractId
  const contractId = knownContract ?? input.origin?.contractId ?? input.continues?.contractId ?? newId()
  const isNewContract = !knownContract && !input.origin && !input.continues
  const lastPhase = input.feed.facts.findLast((fact) => fact.type === 'phase' && fact.thread === MAIN)
  const phase = lastPhase?.type === 'phase' ? lastPhase.phase : 'execute'
  const shared = { ownerId: ctx.actor.ownerId, repositoryId: input.place.repositoryId }
  const taskIds = new Map([...own.keys()].map((key) => [key, input.known.get(key)?.id ?? newId()] as const))
  const mainId = taskIds.get(MAIN) ?? null

  if (isNewContract) {
    await ctx.db.insert(contracts).values({
      id: contractId,
      ...shared,
      name: title,
      phase,
      supervisorTaskId: mainId,
      agents: [input.agent],
      createdAt: new Date(firstAt ?? fallback),
      lastActivityAt: new Date(lastAt ?? fallback),
    })
  } else {
    // A session that only joined the contract gives it no name; one whose subagents came first becomes its supervisor now.
    await ctx.db
      .update(contracts)
      .set({
        name: sql`case when renamed then name else ${title} end`,
        phase,
        repositoryId: sql`coalesce(repository_id, ${input.place.repositoryId})`,
        supervisorTaskId: mainId,
      })
      .where(sql`id = ${contractId} and (supervisor_task_id = ${mainId} or supervisor_task_id is null)`)
  }

  const cwd = facts.cwds[0]
  for (const [key, thread] of own) {
    const isMain = key === MAIN
    const at = { startedAt: toDate(thread.firstAt), lastActivityAt: new Date(thread.lastAt ?? lastAt ?? fallback) }
    const state = {
      name: isMain ? title : (thread.description ?? thread.agentType ?? `Subagent ${key.slice(0, 8)}`),
      // A session at rest may go on at any time, so only what was seen to end is said to have ended.
      status: isMain || thread.finished ? 'completed' : 'interrupted',
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
      const { worktreeId, repositoryId, ...changed } = state
      const parent = isMain || !mainId ? {} : { parentTaskId: mainId }
      await ctx.db
        .update(tasks)
        .set({
          ...changed,
          ...parent,
          worktreeId: sql`coalesce(worktree_id, ${worktreeId})`,
          repositoryId: sql`coalesce(repository_id, ${repositoryId})`,
        })
        .where(eq(tasks.id, taskId))
    } else {
      await ctx.db.insert(tasks).values({
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
        createdAt: new Date(thread.firstAt ?? fallback),
      })
    }
    await writeSegments(ctx, input, key, thread, taskId)
    await sumTask(ctx, taskId)
  }
  await sumContract(ctx, contractId)
  const events = buildEvents(input, { contractId, isNewContract, title, taskIds, own, phase })
  return { contractId, taskIds, events, firstAt, lastAt }
}

/** Threads that hold something of this session itself: a fork's reader also knows the threads of its origin. */
function ownThreads(input: SessionInput): Map<ThreadKey, ThreadState> {
  const own = new Map<ThreadKey, ThreadState>()
  for (const [key, thread] of input.feed.reader.threads()) {
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

async function writeSegments(
  ctx: Context,
  input: SessionInput,
  key: ThreadKey,
  thread: ThreadState,
  taskId: string,
): Promise<void> {
  const lengths = input.known.get(key)?.segmentLengths
  for (const [index, segment] of thread.segments.entries()) {
    const id = input.feed.segmentId(key, index)
    if (input.origin?.segmentIds.has(id)) continue
    const known = lengths?.get(id)
    if (known === segment.length) continue
    if (known !== undefined) {
      await ctx.db.update(segments).set({ length: segment.length }).where(eq(segments.id, id))
      continue
    }
    await ctx.db.insert(segments).values({
      id,
      ownerId: ctx.actor.ownerId,
      taskId,
      parentSegmentId: segment.parent ? input.feed.segmentId(key, segment.parent.segment) : null,
      parentSeq: segment.parent?.seq ?? 0,
      nativeIndex: index,
      length: segment.length,
    })
  }
  await moveHead(ctx, taskId, input.feed.segmentId(key, thread.head.segment), thread.head.seq, lengths)
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
  lengths: Map<string, number> | undefined,
): Promise<void> {
  if (lengths && (lengths.get(segmentId) ?? -1) >= seq) return
  await ctx.db.update(tasks).set({ headSegmentId: segmentId, headSeq: seq }).where(eq(tasks.id, taskId))
}

/** Sums are taken from the rows, so they are right whatever was forked, replayed or patched. */
async function sumTask(ctx: Context, taskId: string): Promise<void> {
  await ctx.db.execute(sql`
    update tasks set message_count = s.messages, tool_call_count = s.calls, tokens_input = s.input, tokens_output = s.output,
      tokens_cache_read = s.cache_read, tokens_cache_write = s.cache_write, cost_usd = s.cost
    from (
      select count(m.seq) as messages, count(m.seq) filter (where m.kind = 'tool') as calls, coalesce(sum(m.tokens_input), 0) as input,
        coalesce(sum(m.tokens_output), 0) as output, coalesce(sum(m.tokens_cache_read), 0) as cache_read,
        coalesce(sum(m.tokens_cache_write), 0) as cache_write, coalesce(sum(m.cost_usd), 0) as cost
      from segments g left join messages m on m.segment_id = g.id where g.task_id = ${taskId}
    ) s where tasks.id = ${taskId}`)
}

/** A contract's totals are the sums over its tasks. */
export async function sumContract(ctx: Context, contractId: string): Promise<void> {
  await ctx.db.execute(sql`
    update contracts set task_count = s.tasks, message_count = s.messages, tokens_input = s.input, tokens_output = s.output,
      tokens_cache_read = s.cache_read, tokens_cache_write = s.cache_write, cost_usd = s.cost, agents = s.agents,
      checkpoint_count = (select count(*) from task_checkpoints where contract_id = ${contractId}),
      last_activity_at = greatest(s.last_at, contracts.last_activity_at)
    from (
      select count(*) as tasks, sum(message_count) as messages, sum(tokens_input) as input, sum(tokens_output) as output,
        sum(tokens_cache_read) as cache_read, sum(tokens_cache_write) as cache_write, sum(cost_usd) as cost,
        array_agg(distinct agent) as agents, max(last_activity_at) as last_at
      from tasks where contract_id = ${contractId}
    ) s where contracts.id = ${contractId}`)
}

type Written = {
  contractId: string
  isNewContract: boolean
  title: string
  taskIds: Map<ThreadKey, string>
  own: Map<ThreadKey, ThreadState>
  phase: 'plan' | 'execute'
}

function buildEvents(input: SessionInput, written: Written): NewEvent[] {
  const { contractId, taskIds, own } = written
  const mainId = taskIds.get(MAIN) ?? null
  const base = { contractId, repositoryId: input.place.repositoryId, agent: input.agent }
  const events: NewEvent[] = []
  const firstAt = toDate(smallest([...own.values()].map((thread) => thread.firstAt)))
  if (written.isNewContract) {
    events.push({
      ...base,
      eventType: 'contract.created',
      eventData: { name: written.title },
      taskId: mainId,
      at: firstAt,
    })
  }
  for (const [key, thread] of own) {
    if (input.known.has(key)) continue
    const isMain = key === MAIN
    const name = isMain ? written.title : (thread.description ?? thread.agentType ?? `Subagent ${key.slice(0, 8)}`)
    const of = { ...base, taskId: taskIds.get(key) ?? null }
    events.push({
      ...of,
      eventType: 'task.created',
      eventData: {
        name,
        parentTaskId: isMain ? null : mainId,
        isSupervisor: isMain && !input.origin && !input.continues,
      },
      at: toDate(thread.firstAt) ?? firstAt,
    })
    if (!isMain && thread.finished) {
      const data = { name, messages: thread.messageCount, toolCalls: thread.toolCallCount }
      events.push({ ...of, eventType: 'task.completed', eventData: data, at: toDate(thread.lastAt) })
    }
  }
  events.push(...promptEvents(input, base, mainId), ...factEvents(input, base, taskIds))
  for (const source of input.rewritten)
    events.push({ ...base, taskId: mainId, eventType: 'source.rewritten', eventData: source })
  return events
}

type EventBase = { contractId: string; repositoryId: string | null; agent: string }

function promptEvents(input: SessionInput, base: EventBase, taskId: string | null): NewEvent[] {
  const phases = input.feed.facts.filter((fact) => fact.type === 'phase' && fact.thread === MAIN)
  let next = 0
  let phase: 'plan' | 'execute' = 'execute'
  return input.prompts.map((prompt) => {
    for (let fact = phases[next]; fact?.type === 'phase' && (fact.at ?? 0) <= (prompt.at ?? 0); fact = phases[++next])
      phase = fact.phase
    const messageId = toMessageId(input.feed.segmentId(prompt.thread, prompt.segment), prompt.seq)
    return {
      ...base,
      taskId,
      phase,
      eventType: 'message.received' as const,
      eventSubtype: prompt.kind,
      eventData: { messageId, text: (prompt.text ?? '').slice(0, PROMPT_PREVIEW) },
      at: toDate(prompt.at),
    }
  })
}

function factEvents(input: SessionInput, base: EventBase, taskIds: Map<ThreadKey, string>): NewEvent[] {
  let phase: 'plan' | 'execute' | null = null
  const events: NewEvent[] = []
  const messageAt = (fact: { thread: ThreadKey; segment: number; seq: number }) =>
    fact.seq > 0 ? toMessageId(input.feed.segmentId(fact.thread, fact.segment), fact.seq) : null
  for (const fact of input.feed.facts) {
    const at = toDate(fact.at)
    const of = { ...base, taskId: taskIds.get('thread' in fact ? fact.thread : MAIN) ?? taskIds.get(MAIN) ?? null, at }
    if (fact.type === 'phase' && fact.thread === MAIN) {
      if (fact.phase === phase) continue
      events.push({
        ...of,
        phase: fact.phase,
        eventType: 'phase.changed',
        eventData: { from: phase, to: fact.phase, messageId: messageAt(fact) },
      })
      phase = fact.phase
    } else if (fact.type === 'compaction') {
      const data = { trigger: fact.trigger, preTokens: fact.preTokens, messageId: messageAt(fact) }
      events.push({ ...of, eventType: 'conversation.compacted', eventData: data })
    } else if (fact.type === 'native_rewind') {
      events.push({
        ...of,
        eventType: 'conversation.rewound',
        eventData: { messageId: messageAt({ ...fact, segment: fact.fromSegment }) },
      })
    } else if (fact.type === 'pull_request') {
      events.push({ ...of, eventType: 'pull_request.linked', eventData: { url: fact.url, number: fact.number } })
    }
  }
  return events
}

/** The tasks of a session that are in the database, by thread, with their segments' ids and lengths. */
export async function findSession(ctx: Context, agent: string, sessionId: string) {
  const rows = await ctx.db
    .select({
      id: tasks.id,
      contractId: tasks.contractId,
      thread: tasks.nativeThread,
      forkedFromTaskId: tasks.forkedFromTaskId,
    })
    .from(tasks)
    .where(
      sql`${tasks.ownerId} = ${ctx.actor.ownerId} and ${tasks.agent} = ${agent} and ${tasks.nativeSessionId} = ${sessionId}`,
    )
  const found = await listSegments(
    ctx,
    rows.map((row) => row.id),
  )
  const known = new Map<ThreadKey, KnownTask>()
  for (const row of rows) {
    const lengths = new Map(
      found.filter((segment) => segment.taskId === row.id).map((segment) => [segment.id, segment.length]),
    )
    known.set(row.thread, { id: row.id, contractId: row.contractId, segmentLengths: lengths })
  }
  return { known, segments: found, forkedFromTaskId: rows.find((row) => row.thread === MAIN)?.forkedFromTaskId ?? null }
}

/** The native segments of tasks with the thread they belong to. */
export async function listSegments(ctx: Context, taskIds: string[]) {
  if (taskIds.length === 0) return []
  const rows = await ctx.db
    .select({
      id: segments.id,
      taskId: segments.taskId,
      length: segments.length,
      index: segments.nativeIndex,
      thread: tasks.nativeThread,
    })
    .from(segments)
    .innerJoin(tasks, eq(tasks.id, segments.taskId))
    .where(inArray(segments.taskId, taskIds))
  return rows.flatMap(({ index, ...row }) => (index === null ? [] : [{ ...row, index }]))
}

const toDate = (at: number | null) => (at === null ? null : new Date(at))
const present = (values: (number | null)[]) => values.filter((value): value is number => value !== null)
const smallest = (values: (number | null)[]) =>
  present(values).reduce<number | null>((low, value) => (low === null || value < low ? value : low), null)
const largest = (values: (number | null)[]) =>
  present(values).reduce<number | null>((high, value) => (high === null || value > high ? value : high), null)
