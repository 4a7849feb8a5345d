// What screens, REST and the command line are shown: types only, so the browser may import them.
// Times are Date here; tRPC carries them by superjson, REST as ISO 8601.

export type Page<T> = { entries: T[]; nextCursor: string | null; previousCursor: string | null; totalCount: number }

export type TokensView = { input: number; output: number; cacheRead: number; cacheWrite: number }

export const PHASES = ['research', 'specify', 'plan', 'execute', 'review'] as const
export type Phase = (typeof PHASES)[number]

/** `undone`: a fork whose making was undone; a redo gives it back the status it had. */
export type TaskStatus = 'pending' | 'running' | 'interrupted' | 'paused' | 'completed' | 'failed' | 'undone'

export type RepositoryView = {
  id: string
  name: string
  remote: string | null
  path: string
  bare: boolean
  available: boolean
}

export type ContractView = {
  id: string
  name: string
  goal: string | null
  phase: Phase
  status: string
  repository: RepositoryView | null
  supervisorTaskId: string | null
  agents: string[]
  starred: boolean
  sample: boolean
  taskCount: number
  checkpointCount: number
  messageCount: number
  tokens: TokensView
  costUsd: number
  createdAt: Date
  lastActivityAt: Date
  /** Events per day over the last 30 days with any, oldest first. */
  spark: number[]
}

export type TaskView = {
  id: string
  contractId: string
  contractName: string
  parentTaskId: string | null
  isSupervisor: boolean
  name: string
  plan: string | null
  agent: string
  models: string[]
  status: TaskStatus
  phase: Phase
  branch: string | null
  nativeSessionId: string | null
  spawnedByToolId: string | null
  forkedFromTaskId: string | null
  forkPoint: {
    forkType: 'checkpoint' | 'timestamp' | 'message_id'
    messageId: string | null
    checkpointId: string | null
    timestamp: string | null
  } | null
  continueFromTaskId: string | null
  repository: RepositoryView | null
  /** Null when no folder is known or it is gone; `reason` then says why code cannot be rewound here. */
  worktree: { id: string; path: string; kind: 'main' | 'fork' } | null
  codeUnavailableReason: string | null
  messageCount: number
  toolCallCount: number
  checkpointCount: number
  tokens: TokensView
  costUsd: number
  startedAt: Date | null
  completedAt: Date | null
  lastActivityAt: Date
}

export type ContractDetail = ContractView & {
  tasks: TaskView[]
  /** Null where there is none. */
  limits: { maxParallel: number | null; maxTurns: number | null; maxCostUsd: number | null }
}

export type MessageView = {
  /** Segment and place in it, as one UUID. */
  id: string
  /** Position in the conversation in force, from 0. */
  index: number
  role: 'user' | 'assistant' | 'system' | 'tool'
  kind: 'prompt' | 'command' | 'text' | 'thinking' | 'tool' | 'summary' | 'notice' | 'unknown'
  subtype: string | null
  text: string | null
  toolName: string | null
  /** JSON text, perhaps cut. */
  toolInput: string | null
  toolResult: string | null
  isError: boolean | null
  durationMs: number | null
  toolId: string | null
  model: string | null
  tokens: TokensView | null
  costUsd: number | null
  at: Date | null
  /** Something was cut: `conversation.message` gives the whole. */
  truncated: boolean
  /** The task that this tool call started. */
  childTask: { id: string; name: string; status: TaskStatus } | null
}

/** A slice of a conversation by position; positions are stable while the head stands. */
export type ConversationSlice = {
  taskId: string
  headVersion: string
  totalMessages: number
  from: number
  messages: MessageView[]
}

export type MessageDetail = MessageView & {
  rawRecord: string | null
  rawResult: string | null
  images: { mediaType: string; dataUrl: string }[]
}

export type CheckpointView = {
  id: string
  taskId: string
  taskName: string
  contractId: string
  repositoryId: string
  number: number
  kind: 'commit' | 'turn' | 'manual' | 'operation'
  commitSha: string
  branch: string | null
  message: string
  files: number
  additions: number
  deletions: number
  notCovered: { path: string; reason: string }[]
  matchedBy: string | null
  /** The message it was taken at, and where that stands in the conversation in force (null: not in force now). */
  messageId: string | null
  messageIndex: number | null
  verifiedAt: Date | null
  createdAt: Date
}

export type ChangedFile = {
  path: string
  oldPath: string | null
  status: 'added' | 'modified' | 'deleted' | 'renamed' | 'copied' | 'type_changed'
  additions: number
  deletions: number
  binary: boolean
}

export type DiffView = {
  checkpointId: string
  against: { kind: 'parent' | 'checkpoint' | 'worktree'; checkpointId: string | null; sha: string | null }
  files: ChangedFile[]
  stats: { files: number; additions: number; deletions: number }
}

export type PatchView = { path: string; patch: string | null; tooLarge: boolean; binary: boolean }

export type EventView = {
  id: string
  eventType: string
  eventSubtype: string | null
  phase: Phase | null
  agent: string | null
  contractId: string | null
  contractName: string | null
  taskId: string | null
  taskName: string | null
  repositoryId: string | null
  eventData: Record<string, unknown>
  createdAt: Date
}

export type DensityView = {
  from: string
  to: string
  days: { day: string; total: number; byType: Record<string, number> }[]
}

export type PlanFileView = { path: string; action: 'restore' | 'delete' | 'recreate' | 'keep'; reason: string | null }

/** What becomes of a task below the one that goes back. */
export type PlanChildView = Pick<PlanView, 'files' | 'fileTotals' | 'filesCut'> & {
  taskId: string
  name: string
  createdAt: Date
  /** `follows`: goes to the same moment. `aside`: began after it, is stopped and left as it is. `stays`: is not touched. */
  action: 'follows' | 'aside' | 'stays'
  sentence: string
  messages: number
}

/** What an operation would do, path by path; `planHash` ties the doing to the seeing. */
export type PlanView = {
  planHash: string
  kind: 'rewind' | 'conversation_rewind' | 'fork' | 'branch' | 'undo' | 'restore'
  /** One sentence that says what will happen. */
  sentence: string
  /** What the button says, e.g. "Rewind 12 files and 34 messages". */
  button: string
  files: PlanFileView[]
  fileTotals: { restore: number; delete: number; recreate: number; keep: number }
  /** Set when `files` was cut for size; the totals are always whole. */
  filesCut: boolean
  messages: { count: number; costUsd: number; tokens: number; fromIndex: number } | null
  commitsAfter: { sha: string; subject: string }[]
  /** Tasks below this one that went on or began after the point. */
  children: PlanChildView[]
  notCovered: { path: string; reason: string }[]
  sideEffects: { messageId: string; what: string }[]
  preserved: { stateType: 'branch' | 'stash' | 'shelf'; reference: string } | null
  /** At work in the folders that would change: they must be stopped first. */
  agents: AgentAtWork[]
}

/** `runId` is null for an agent that Makima did not start, and therefore cannot stop. */
export type AgentAtWork = { runId: string | null; taskId: string; taskName: string }

export type OperationView = {
  id: string
  kind: string
  state: 'queued' | 'running' | 'done' | 'failed' | 'undone'
  step: string
  summary: string
  askedBy: string
  contractId: string | null
  taskId: string | null
  taskName: string | null
  result: Record<string, unknown> | null
  error: { code: string; detail: string } | null
  undoOf: string | null
  undoneBy: string | null
  canUndo: boolean
  createdAt: Date
  startedAt: Date | null
  finishedAt: Date | null
}

export type ShelfItemView = {
  id: string
  operationId: string
  operationSummary: string
  taskId: string | null
  taskName: string | null
  files: number
  messages: number
  sizeBytes: number
  createdAt: Date
}

export type ImportProgress = {
  phase: 'waiting' | 'looking' | 'reading' | 'checkpoints' | 'finishing' | 'done'
  sourcesTotal: number
  sourcesDone: number
  bytesTotal: number
  bytesDone: number
  records: number
  messages: number
  bytesPerSecond: number
  current: string | null
}

export type SourceView = {
  id: string | null
  path: string
  agent: string | null
  sessionId: string | null
  taskId: string | null
  bytes: number
  records: number
  messages: number
  prompts: number
  assistantMessages: number
  toolCalls: number
  toolResults: number
  toolErrors: number
  tokens: TokensView
  firstAt: Date | null
  lastAt: Date | null
  unknown: number
  healed: number
  bad: number
  /** Places that were blanked because a string was forgotten: so many are not the agent's own bytes. */
  blanked: number
  problems: { line: number; reason: string }[]
  outcome: string | null
  skipped?: string
}

export type ImportView = {
  id: string
  path: string | null
  state: 'queued' | 'running' | 'done' | 'failed'
  progress: ImportProgress
  sources: SourceView[]
  totals: {
    sources: number
    skipped: number
    /** Of those passed over: because a person has had them forgotten. Older imports do not tell. */
    forgotten?: number
    bytes: number
    records: number
    messages: number
    toolCalls: number
    unknown: number
    healed: number
    bad: number
  } | null
  checkpoints: number
  notes: string[]
  error: string | null
  createdAt: Date
  finishedAt: Date | null
}

/** A message in which something was found. */
export type SearchHit = {
  taskId: string
  taskName: string
  contractId: string
  contractName: string
  agent: string
  messageId: string
  role: string
  kind: string
  toolName: string | null
  timestamp: Date | null
  snippet: string
  /** Where the found words stand in the snippet: beginning and end. */
  matches: [number, number][]
}

export type SearchPage = { hits: SearchHit[]; cursor: string | null }
