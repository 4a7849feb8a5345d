// What REST answers, as schemas: the description is made of them, and the tests hold every answer against it. Each is
// checked against the type that the services give, so that neither can change alone.
import { z } from 'zod'
import type {
  ChangedFile,
  CheckpointView,
  ContractDetail,
  ContractView,
  EventView,
  ImportView,
  OperationView,
  PlanView,
  RepositoryView,
  SearchPage,
  ShelfItemView,
  SourceView,
  TaskView,
} from '@/server/services/views'
import { PHASES } from '@/server/services/views'
import type { ApiKeyView } from '@/server/services/api-keys'
import type { BriefView, HandOverView } from '@/server/services/runs/run-views'
import type { TranscriptMessage } from '@/server/services/conversation-transcript'
import type {
  MadeShare,
  SharedConversation,
  SharedMessage,
  SharePreview,
  ShareView,
} from '@/server/services/shares/share-views'
import type { toRun } from './run-shapes'

/** A value as JSON carries it: times are text. */
type Json<T> = T extends Date ? string : T extends object ? { [K in keyof T]: Json<T[K]> } : T

const id = z.uuid()
const when = z.iso.datetime().meta({ description: 'ISO 8601, in UTC' })
const maybeWhen = when.nullable()
const count = z.int()
const named = <T extends z.ZodType>(name: string, schema: T) => schema.meta({ id: name })
const phase = z.enum(PHASES)
const facts = z.record(z.string(), z.unknown())
export const cursor = z.string().nullable().meta({ description: 'Opaque; gives the next page. Null at the end.' })

export const tokens = named('Tokens', z.object({ input: count, output: count, cacheRead: count, cacheWrite: count }))

export const repository = named(
  'Repository',
  z.object({
    id,
    name: z.string(),
    remote: z.string().nullable(),
    path: z.string(),
    bare: z.boolean(),
    available: z.boolean(),
  }) satisfies z.ZodType<Json<RepositoryView>>,
)

const contractFields = {
  id,
  name: z.string(),
  goal: z.string().nullable(),
  phase,
  status: z.string(),
  repository: repository.nullable(),
  supervisorTaskId: id.nullable(),
  agents: z.array(z.string()),
  starred: z.boolean(),
  sample: z.boolean(),
  taskCount: count,
  checkpointCount: count,
  messageCount: count,
  tokens,
  costUsd: z.number(),
  createdAt: when,
  lastActivityAt: when,
  spark: z.array(count).meta({ description: 'Events of each of the last 30 days that had any, oldest first' }),
}
export const contract = named('Contract', z.object(contractFields) satisfies z.ZodType<Json<ContractView>>)

const taskStatus = z.enum(['pending', 'running', 'interrupted', 'paused', 'completed', 'failed', 'undone'])
export const task = named(
  'Task',
  z.object({
    id,
    contractId: id,
    contractName: z.string(),
    parentTaskId: id.nullable(),
    isSupervisor: z.boolean(),
    name: z.string(),
    plan: z.string().nullable(),
    agent: z.string(),
    models: z.array(z.string()),
    status: taskStatus,
    phase,
    branch: z.string().nullable(),
    nativeSessionId: z.string().nullable(),
    spawnedByToolId: z.string().nullable(),
    forkedFromTaskId: id.nullable(),
    forkPoint: z
      .object({
        forkType: z.enum(['checkpoint', 'timestamp', 'message_id']),
        messageId: z.string().nullable(),
        checkpointId: z.string().nullable(),
        timestamp: z.string().nullable(),
      })
      .nullable(),
    continueFromTaskId: id.nullable(),
    repository: repository.nullable(),
    worktree: z.object({ id, path: z.string(), kind: z.enum(['main', 'fork']) }).nullable(),
    codeUnavailableReason: z.string().nullable(),
    messageCount: count,
    toolCallCount: count,
    checkpointCount: count,
    tokens,
    costUsd: z.number(),
    startedAt: maybeWhen,
    completedAt: maybeWhen,
    lastActivityAt: when,
  }) satisfies z.ZodType<Json<TaskView>>,
)

export const contractDetail = named(
  'ContractDetail',
  z.object({
    ...contractFields,
    tasks: z.array(task),
    limits: z.object({
      maxParallel: count.nullable(),
      maxTurns: count.nullable(),
      maxCostUsd: z.number().nullable(),
    }),
  }) satisfies z.ZodType<Json<ContractDetail>>,
)

export const taskReference = named(
  'TaskReference',
  z.object({ taskId: id, taskName: z.string(), status: taskStatus, createdAt: maybeWhen, completedAt: maybeWhen }),
)

export const event = named(
  'Event',
  z.object({
    id,
    ownerId: id,
    eventType: z.string(),
    eventSubtype: z.string().nullable(),
    phase: phase.nullable(),
    agent: z.string().nullable(),
    contractId: id.nullable(),
    contractName: z.string().nullable(),
    taskId: id.nullable(),
    taskName: z.string().nullable(),
    repositoryId: id.nullable(),
    eventData: facts,
    createdAt: when,
  }) satisfies z.ZodType<Json<EventView & { ownerId: string }>>,
)
export const eventPage = { entries: z.array(event), totalCount: count, cursor }

export const message = named(
  'Message',
  z.object({
    id,
    index: count,
    role: z.string().meta({ description: 'user, assistant, system or tool' }),
    kind: z.string().meta({ description: 'prompt, command, text, thinking, tool, summary, notice or unknown' }),
    subtype: z.string().optional(),
    content: z.string(),
    timestamp: maybeWhen,
    model: z.string().optional(),
    toolCalls: z.array(z.object({ id: z.string(), name: z.string(), input: z.unknown() })).optional(),
    toolName: z.string().optional(),
    toolInput: z.unknown().optional(),
    toolResult: z.string().optional(),
    isError: z.boolean().optional(),
    durationMs: count.optional(),
    tokenCount: count.optional(),
    costUsd: z.number().optional(),
  }) satisfies z.ZodType<Json<TranscriptMessage>>,
)

const notCovered = z.array(z.object({ path: z.string(), reason: z.string() }))
export const checkpoint = named(
  'Checkpoint',
  z.object({
    id,
    taskId: id,
    taskName: z.string(),
    contractId: id,
    repositoryId: id,
    number: count,
    kind: z.enum(['commit', 'turn', 'manual', 'operation']),
    commitSha: z.string(),
    branch: z.string().nullable(),
    message: z.string(),
    files: count,
    additions: count,
    deletions: count,
    notCovered,
    matchedBy: z.string().nullable(),
    messageId: id.nullable(),
    messageIndex: count.nullable(),
    verifiedAt: maybeWhen,
    createdAt: when,
  }) satisfies z.ZodType<Json<CheckpointView>>,
)

export const changedFile = named(
  'ChangedFile',
  z.object({
    path: z.string(),
    oldPath: z.string().nullable(),
    status: z.enum(['added', 'modified', 'deleted', 'renamed', 'copied', 'type_changed']),
    additions: count,
    deletions: count,
    binary: z.boolean(),
    patch: z.string().optional(),
  }) satisfies z.ZodType<Json<ChangedFile & { patch?: string }>>,
)

const planFile = z.object({
  path: z.string(),
  action: z.enum(['restore', 'delete', 'recreate', 'keep']),
  reason: z.string().nullable(),
})
const planFiles = {
  files: z.array(planFile),
  fileTotals: z.object({ restore: count, delete: count, recreate: count, keep: count }),
  filesCut: z.boolean(),
}
export const plan = named(
  'Plan',
  z.object({
    planHash: z.string().meta({ description: 'Sent with the request itself, it is done only as shown' }),
    kind: z.enum(['rewind', 'conversation_rewind', 'fork', 'branch', 'undo', 'restore']),
    sentence: z.string(),
    button: z.string(),
    ...planFiles,
    messages: z.object({ count, costUsd: z.number(), tokens: count, fromIndex: count }).nullable(),
    commitsAfter: z.array(z.object({ sha: z.string(), subject: z.string() })),
    children: z.array(
      z.object({
        taskId: id,
        name: z.string(),
        createdAt: when,
        action: z.enum(['follows', 'aside', 'stays']),
        sentence: z.string(),
        messages: count,
        ...planFiles,
      }),
    ),
    notCovered,
    sideEffects: z.array(z.object({ messageId: z.string(), what: z.string() })),
    preserved: z.object({ stateType: z.enum(['branch', 'stash', 'shelf']), reference: z.string() }).nullable(),
    agents: z.array(z.object({ runId: id.nullable(), taskId: id, taskName: z.string() })),
  }) satisfies z.ZodType<Json<PlanView>>,
)

const problemOf = z.object({ code: z.string(), detail: z.string() })
export const operation = named(
  'Operation',
  z.object({
    id,
    kind: z.string(),
    state: z.enum(['queued', 'running', 'done', 'failed', 'undone']),
    step: z.string(),
    summary: z.string(),
    askedBy: z.string(),
    contractId: id.nullable(),
    taskId: id.nullable(),
    taskName: z.string().nullable(),
    result: facts.nullable(),
    error: problemOf.nullable(),
    undoOf: id.nullable(),
    undoneBy: id.nullable(),
    canUndo: z.boolean(),
    createdAt: when,
    startedAt: maybeWhen,
    finishedAt: maybeWhen,
  }) satisfies z.ZodType<Json<OperationView>>,
)
export const underWay = named(
  'UnderWay',
  z.object({ operationId: id, state: z.enum(['queued', 'running']) }).meta({
    description: 'It was not at its end after 30 s: GET /operations/{id} tells when it is',
  }),
)

export const shelfItem = named(
  'ShelfItem',
  z.object({
    id,
    operationId: id,
    operationSummary: z.string(),
    taskId: id.nullable(),
    taskName: z.string().nullable(),
    files: count,
    messages: count,
    sizeBytes: count,
    createdAt: when,
  }) satisfies z.ZodType<Json<ShelfItemView>>,
)

export const source = named(
  'Source',
  z.object({
    id: id.nullable(),
    path: z.string(),
    agent: z.string().nullable(),
    sessionId: z.string().nullable(),
    taskId: id.nullable(),
    bytes: count,
    records: count,
    messages: count,
    prompts: count,
    assistantMessages: count,
    toolCalls: count,
    toolResults: count,
    toolErrors: count,
    tokens,
    firstAt: maybeWhen,
    lastAt: maybeWhen,
    unknown: count,
    healed: count,
    bad: count,
    problems: z.array(z.object({ line: count, reason: z.string() })),
    outcome: z.string().nullable(),
    skipped: z.string().optional(),
  }) satisfies z.ZodType<Json<SourceView>>,
)

export const importReport = named(
  'Import',
  z.object({
    id,
    path: z.string().nullable(),
    state: z.enum(['queued', 'running', 'done', 'failed']),
    progress: z.object({
      phase: z.enum(['waiting', 'looking', 'reading', 'checkpoints', 'finishing', 'done']),
      sourcesTotal: count,
      sourcesDone: count,
      bytesTotal: count,
      bytesDone: count,
      records: count,
      messages: count,
      bytesPerSecond: z.number(),
      current: z.string().nullable(),
    }),
    sources: z.array(source),
    totals: z
      .object({
        sources: count,
        skipped: count,
        bytes: count,
        records: count,
        messages: count,
        toolCalls: count,
        unknown: count,
        healed: count,
        bad: count,
      })
      .nullable(),
    checkpoints: count,
    notes: z.array(z.string()),
    error: z.string().nullable(),
    createdAt: when,
    finishedAt: maybeWhen,
  }) satisfies z.ZodType<Json<ImportView>>,
)

const runFields = {
  runId: id,
  contractId: id,
  taskId: id,
  taskName: z.string(),
  agent: z.string(),
  way: z.enum(['here', 'print']),
  mode: z.enum(['continue', 'restart_phase', 'from_checkpoint']),
  state: z.enum(['queued', 'starting', 'running', 'waiting', 'done', 'failed', 'stopped', 'interrupted']),
  waitsFor: z.string().nullable(),
  prompt: z.string(),
  sessionId: z.string().nullable(),
  cwd: z.string().nullable(),
  command: z.string().nullable(),
  notCarried: z.array(z.string()),
  pending: z.array(
    z.object({
      requestId: z.string(),
      toolName: z.string(),
      input: z.unknown(),
      options: z.array(
        z.object({ id: z.string(), label: z.string(), kind: z.enum(['allow_once', 'allow_always', 'reject']) }),
      ),
    }),
  ),
  costUsd: z.number().nullable(),
  error: problemOf.nullable(),
  createdAt: when,
  startedAt: maybeWhen,
  firstOutputAt: maybeWhen,
  finishedAt: maybeWhen,
}
export const run = named('Run', z.object(runFields) satisfies z.ZodType<Json<ReturnType<typeof toRun>>>)
export const runWithTasks = z.object({ ...runFields, tasks: z.array(run) })

export const handOver = named(
  'HandOver',
  z.object({
    agent: z.string(),
    cwd: z.string().nullable(),
    unavailable: z.string().nullable(),
    messages: count,
    tokens: z.object({ count, exact: z.boolean() }).nullable(),
    last: z.object({ messageId: z.string(), at: maybeWhen, text: z.string() }).nullable(),
    prompt: z.string(),
    tried: z.string().nullable(),
    corrections: z.array(z.object({ messageId: z.string(), text: z.string() })),
    notCarried: z.array(z.string()),
    tasks: z.array(z.object({ taskId: id, name: z.string(), agent: z.string() })),
  }) satisfies z.ZodType<Json<HandOverView>>,
)
export const brief = named(
  'Brief',
  z.object({ text: z.string(), tokens: count, notCarried: z.array(z.string()) }) satisfies z.ZodType<Json<BriefView>>,
)

const keyFields = {
  id,
  name: z.string(),
  prefix: z.string(),
  scope: z.enum(['read', 'write']),
  state: z.enum(['open', 'expired', 'revoked']),
  expiresAt: maybeWhen,
  lastUsedAt: maybeWhen,
  createdAt: when,
}
export const apiKey = named('ApiKey', z.object(keyFields) satisfies z.ZodType<Json<ApiKeyView>>)
export const madeKey = z.object({ ...keyFields, key: z.string() })

const shareFields = {
  id,
  title: z.string(),
  taskId: id.nullable(),
  contractId: id.nullable(),
  messages: count,
  masked: count,
  hasPassword: z.boolean(),
  views: count,
  lastViewedAt: maybeWhen,
  expiresAt: maybeWhen,
  revokedAt: maybeWhen,
  state: z.enum(['open', 'expired', 'revoked']),
  createdAt: when,
}
export const share = named('Share', z.object(shareFields) satisfies z.ZodType<Json<ShareView>>)
export const madeShare = z.object({
  ...shareFields,
  token: z.string(),
  path: z.string(),
  url: z.string().nullable(),
}) satisfies z.ZodType<Json<MadeShare>>
const sharedMessage = named(
  'SharedMessage',
  z.object({
    role: z.enum(['user', 'assistant', 'system', 'tool']),
    kind: z.string(),
    text: z.string(),
    toolName: z.string().optional(),
    toolInput: z.string().optional(),
    toolResult: z.string().optional(),
    isError: z.boolean().optional(),
    images: z.array(z.string()).optional(),
    at: maybeWhen,
  }) satisfies z.ZodType<Json<SharedMessage>>,
)
export const sharePreview = z.object({
  title: z.string(),
  note: z.string().nullable(),
  messages: count,
  findings: z.array(
    z.object({
      id: z.string(),
      group: z.enum(['secret', 'email', 'home']),
      kind: z.string(),
      sample: z.string(),
      count,
      masked: z.boolean(),
    }),
  ),
  images: count,
  page: z.array(sharedMessage),
  pages: count,
}) satisfies z.ZodType<Json<SharePreview>>
export const sharedConversation = z.object({
  title: z.string(),
  note: z.string().nullable(),
  agent: z.string(),
  createdAt: when,
  messages: count,
  page: count,
  pages: count,
  entries: z.array(sharedMessage),
}) satisfies z.ZodType<Json<SharedConversation>>

const preservedAs = z.object({ stateType: z.string(), reference: z.string() })
export const rewound = z.looseObject({
  taskId: id,
  rewindedTo: z.object({ checkpointNumber: count, sha: z.string(), message: z.string() }).optional(),
  preservedAs: preservedAs.optional(),
  operationId: id,
})
export const forked = z.looseObject({
  newTaskId: id,
  sourceTaskId: id,
  forkPoint: facts,
  branchName: z.string().optional(),
  conversationIncluded: z.boolean(),
  messageCount: count.optional(),
  operationId: id,
})
export const done = z.looseObject({ operationId: id })

export const problem = named(
  'Problem',
  z.looseObject({
    type: z.string(),
    title: z.string(),
    status: count,
    code: z.string().meta({ description: 'Stable: invalid, not_found, conflict …' }),
    detail: z.string().meta({ description: 'A sentence that says what was wrong and what to do' }),
  }),
)

export const searchPage = z.object({
  hits: z.array(
    named(
      'SearchHit',
      z.object({
        taskId: id,
        taskName: z.string(),
        contractId: id,
        contractName: z.string(),
        agent: z.string(),
        messageId: id,
        role: z.string(),
        kind: z.string(),
        toolName: z.string().nullable(),
        timestamp: when.nullable(),
        snippet: z.string(),
        matches: z
          .array(z.tuple([count, count]))
          .meta({ description: 'Where the found words stand in the snippet: beginning and end' }),
      }),
    ),
  ),
  cursor,
}) satisfies z.ZodType<Json<SearchPage>>
