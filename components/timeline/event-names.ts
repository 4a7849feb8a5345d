import type { EventType } from '@/server/services/history'

const NAMES: Record<EventType, string> = {
  'contract.created': 'Contract created',
  'task.created': 'Task created',
  'task.completed': 'Task completed',
  'task.interrupted': 'Task interrupted',
  'task.undone': 'Fork undone',
  'task.redone': 'Fork redone',
  'task.resumed': 'Resumes',
  'turn.ended': 'Turns ended',
  'permission.requested': 'Permissions asked',
  'permission.answered': 'Permissions answered',
  'message.received': 'Prompts',
  'phase.changed': 'Phase changed',
  'checkpoint.created': 'Checkpoints',
  'checkpoint.failed': 'Checkpoint failed',
  'conversation.compacted': 'Compactions',
  'conversation.rewound': 'Rewound by the agent',
  'rewind.requested': 'Rewind asked',
  'rewind.applied': 'Rewinds',
  'rewind.failed': 'Rewind failed',
  'fork.created': 'Forks',
  'branch.created': 'Branches',
  'operation.undone': 'Undone',
  'operation.failed': 'Operation failed',
  'shelf.restored': 'Brought back from the shelf',
  'share.created': 'Shares',
  'share.revoked': 'Shares taken back',
  'shelf.emptied': 'Shelf emptied',
  'import.finished': 'Imports',
  'source.rewritten': 'Transcripts rewritten',
  'pull_request.linked': 'Pull requests',
}

/** What people call each kind of event, by its type. */
export const EVENT_NAMES: Record<string, string | undefined> = NAMES
