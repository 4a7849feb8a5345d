// What each kind of event says, in words and where it leads. Pure; the row component draws it.
import type { EventData, EventType } from '@/server/services/history'
import type { EventView } from '@/server/services/views'
import { firstLine, formatNoun, formatShort } from '@/components/ui/format'

export type EventTone = 'plain' | 'prompt' | 'good' | 'bad' | 'change'

export type EventSentence = {
  /** The verb of it, short: "Prompt", "Checkpoint 12". */
  lead: string
  text: string
  tone: EventTone
  href: string | null
  change: { additions: number; deletions: number } | null
}

type KnownEvent = {
  [K in EventType]: { eventType: K; eventSubtype: string | null; eventData: EventData[K] }
}[EventType]

/** The words of one event. A kind this version does not know is named by its type. */
export function describeEvent(event: EventView): EventSentence {
  const task = event.taskId ? `/tasks/${event.taskId}` : event.contractId ? `/contracts/${event.contractId}` : null
  return { href: task, change: null, tone: 'plain', ...describe(toKnown(event), task, event.eventType) }
}

// Rows were checked when they were written; the type is only widened on the way to the browser.
function toKnown(event: EventView): KnownEvent {
  const { eventType, eventSubtype, eventData } = event
  return { eventType, eventSubtype, eventData } as KnownEvent
}

const RESUME_WORDS: Record<string, string> = {
  restart_phase: 'from the start of its phase',
  from_checkpoint: 'from a checkpoint',
}

const FORGOTTEN_WORDS = {
  'contract.forgotten': 'a contract',
  'task.forgotten': 'a task',
  'transcript.forgotten': 'a transcript',
  'string.forgotten': 'a string, everywhere',
}

const TURN_WORDS: Record<string, string> = { failed: 'Turn failed', stopped: 'Stopped', done: 'Turn ended' }

type Told = Pick<EventSentence, 'lead' | 'text'> & Partial<EventSentence>

function describe(event: KnownEvent, task: string | null, typeName: string): Told {
  switch (event.eventType) {
    case 'contract.created':
      return { lead: 'Contract', text: event.eventData.name }
    case 'task.created':
      return {
        lead: event.eventData.parentTaskId ? 'Child task' : 'Task',
        text: event.eventData.name,
      }
    case 'task.completed':
      return { lead: 'Completed', text: event.eventData.name, tone: 'good' }
    case 'task.interrupted':
      return { lead: 'Interrupted', text: join(event.eventData.name, event.eventData.reason), tone: 'bad' }
    case 'task.undone':
      return { lead: 'Fork undone', text: event.eventData.name, tone: 'change' }
    case 'task.redone':
      return { lead: 'Fork redone', text: event.eventData.name, tone: 'change' }
    case 'task.resumed':
      return { lead: 'Resumed', text: join(event.eventData.name, RESUME_WORDS[event.eventData.mode]), tone: 'change' }
    case 'turn.ended': {
      const { state, reason } = event.eventData
      return { lead: TURN_WORDS[state] ?? 'Turn ended', text: reason ?? '', tone: state === 'done' ? 'good' : 'bad' }
    }
    case 'permission.requested':
      return { lead: 'Asks', text: `for leave to use ${event.eventData.toolName}`, tone: 'prompt' }
    case 'permission.answered':
      return { lead: 'Answered', text: `${event.eventData.toolName}: ${event.eventData.answer}` }
    case 'message.received':
      return {
        lead: 'Prompt',
        text: firstLine(event.eventData.text, 240),
        tone: 'prompt',
        href: toMessage(task, event.eventData.messageId),
      }
    case 'phase.changed':
      return {
        lead: 'Phase',
        text: event.eventData.from ? `${event.eventData.from} → ${event.eventData.to}` : event.eventData.to,
        href: toMessage(task, event.eventData.messageId),
      }
    case 'checkpoint.created':
      return {
        lead: `Checkpoint ${event.eventData.number}`,
        text: firstLine(event.eventData.message || event.eventData.kind),
        tone: 'change',
        href: `/checkpoints/${event.eventData.checkpointId}`,
        change: { additions: event.eventData.additions, deletions: event.eventData.deletions },
      }
    case 'checkpoint.failed':
      return { lead: 'Checkpoint failed', text: event.eventData.reason, tone: 'bad' }
    case 'conversation.compacted':
      return {
        lead: 'Compacted',
        text: event.eventData.preTokens
          ? `from ${formatShort(event.eventData.preTokens)} tokens`
          : (event.eventData.trigger ?? ''),
        href: toMessage(task, event.eventData.messageId),
      }
    case 'conversation.rewound':
      return {
        lead: event.eventSubtype === 'went_on' ? 'Went on from an earlier message' : 'Rewound by the agent',
        text: event.eventData.messages ? formatNoun(event.eventData.messages, 'message') : '',
        tone: 'change',
        href: toMessage(task, event.eventData.messageId),
      }
    case 'rewind.requested':
      return { lead: 'Rewind asked', text: event.eventData.summary ?? '' }
    case 'rewind.applied':
      return { lead: 'Rewound', text: event.eventData.summary ?? '', tone: 'change' }
    case 'rewind.failed':
      return { lead: 'Rewind failed', text: event.eventData.reason, tone: 'bad', href: '/operations' }
    case 'fork.created':
      return {
        lead: 'Forked',
        text: event.eventData.newTaskName,
        tone: 'change',
        href: `/tasks/${event.eventData.newTaskId}`,
      }
    case 'branch.created':
      return {
        lead: 'Branch',
        text: event.eventData.branchName,
        tone: 'change',
        href: event.eventData.checkpointId ? `/checkpoints/${event.eventData.checkpointId}` : task,
      }
    case 'share.created':
      return { lead: 'Shared', text: event.eventData.title, tone: 'change', href: '/operations?tab=shares' }
    case 'share.revoked':
      return { lead: 'Taken back', text: event.eventData.title, tone: 'change', href: '/operations?tab=shares' }
    case 'operation.undone':
      return { lead: 'Undone', text: event.eventData.summary ?? '', tone: 'change', href: '/operations' }
    case 'operation.failed':
      return {
        lead: 'Failed',
        text: join(event.eventData.kind, event.eventData.reason),
        tone: 'bad',
        href: '/operations',
      }
    case 'shelf.restored':
      return {
        lead: 'Brought back',
        text: event.eventData.summary ?? '',
        tone: 'change',
        href: '/operations?tab=shelf',
      }
    case 'shelf.emptied':
      return { lead: 'Shelf emptied', text: event.eventData.summary ?? '', href: '/operations?tab=shelf' }
    case 'import.finished':
      return {
        lead: 'Imported',
        text: `${formatNoun(event.eventData.sources, 'source')}, ${formatNoun(event.eventData.messages, 'message')}`,
        tone: 'good',
        href: '/operations?tab=imports',
      }
    case 'source.rewritten':
      return { lead: 'Transcript rewritten', text: event.eventData.path }
    case 'pull_request.linked':
      return {
        lead: 'Pull request',
        text: event.eventData.number ? `#${event.eventData.number} ${event.eventData.url}` : event.eventData.url,
      }
    case 'contract.forgotten':
    case 'task.forgotten':
    case 'transcript.forgotten':
    case 'string.forgotten':
      return { lead: 'Forgotten', text: FORGOTTEN_WORDS[event.eventType], href: null }
    case 'retention.applied':
      return { lead: 'Removed', text: 'what was older than you keep it', href: null }
    default:
      event satisfies never
      return { lead: typeName, text: '' }
  }
}

function toMessage(task: string | null, messageId: string | null | undefined): string | null {
  return task && messageId ? `${task}?message=${messageId}` : task
}

function join(...parts: (string | null | undefined)[]): string {
  return parts.filter(Boolean).join(': ')
}
