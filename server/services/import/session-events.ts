// What happened in a session, for the history.
import type { NewEvent } from '@/server/services/history'
import { toMessageId } from '@/server/services/message-id'
import type { ThreadKey, ThreadState } from '@/server/transcripts/types'
import type { SessionInput } from './session-records'
import { smallest, toDate } from './times'

const MAIN: ThreadKey = ''

type Written = {
  contractId: string
  isNewContract: boolean
  title: string
  taskIds: Map<ThreadKey, string>
  own: Map<ThreadKey, ThreadState>
  phase: 'plan' | 'execute'
}

export function buildEvents(input: SessionInput, written: Written): NewEvent[] {
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
      eventData: { messageId, text: prompt.preview },
      at: toDate(prompt.at),
    }
  })
}

/** Of a `conversation.rewound`: the conversation went on from an earlier message in a session that Makima started. */
const WENT_ON = 'went_on'

function factEvents(input: SessionInput, base: EventBase, taskIds: Map<ThreadKey, string>): NewEvent[] {
  let phase: 'plan' | 'execute' | null = null
  const events: NewEvent[] = []
  const startedAt = input.feed.reader.threads().get(MAIN)?.firstAt ?? null
  const messageAt = (fact: { thread: ThreadKey; segment: number; seq: number }) =>
    fact.seq > 0 ? toMessageId(input.feed.segmentId(fact.thread, fact.segment), fact.seq) : null
  for (const fact of input.feed.facts) {
    const at = toDate(fact.at ?? startedAt)
    const of = { ...base, taskId: taskIds.get('thread' in fact ? fact.thread : MAIN) ?? taskIds.get(MAIN) ?? null, at }
    if (fact.type === 'phase' && fact.thread === MAIN) {
      // Every session begins in `execute`: only what differs from that is news.
      if (fact.phase === (phase ?? 'execute')) continue
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
        // Makima let the agent go on from there; the rewind itself has its own event.
        eventSubtype: input.linked ? WENT_ON : null,
        eventData: { messageId: messageAt({ ...fact, segment: fact.fromSegment }) },
      })
    } else if (fact.type === 'pull_request') {
      events.push({ ...of, eventType: 'pull_request.linked', eventData: { url: fact.url, number: fact.number } })
    }
  }
  return events
}
