// The tables of the work, in the order in which a contract lives. The talk is in talk-tables.ts, what happened in history-tables.ts.
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { bytea, count, createdAt, id, moment, ownerId, tokenTotals } from './columns'

/** Identity is root commit and remote; the path is only where it was last seen, so a moved folder keeps its history. */
export const repositories = pgTable(
  'repositories',
  {
    id: id(),
    ownerId: ownerId(),
    name: text('name').notNull(),
    identity: text('identity').notNull(),
    remote: text('remote'),
    path: text('path').notNull(),
    bare: boolean('bare').notNull().default(false),
    objectFormat: text('object_format').notNull().default('sha1'),
    /** When the store last made every object its own; null while it still borrows. */
    packedAt: moment('packed_at'),
    createdAt: createdAt(),
  },
  (t) => [unique('repositories_identity').on(t.ownerId, t.identity)],
)

/** A git worker on some machine; alive while its heartbeat is young. */
export const daemons = pgTable(
  'daemons',
  {
    id: id(),
    ownerId: ownerId(),
    name: text('name').notNull(),
    host: text('host').notNull(),
    pid: integer('pid').notNull(),
    version: text('version').notNull(),
    startedAt: moment('started_at').notNull(),
    heartbeatAt: moment('heartbeat_at').notNull(),
  },
  (t) => [unique('daemons_name').on(t.ownerId, t.name)],
)

export const worktrees = pgTable(
  'worktrees',
  {
    id: id(),
    ownerId: ownerId(),
    repositoryId: uuid('repository_id')
      .notNull()
      .references(() => repositories.id),
    daemonId: uuid('daemon_id').references(() => daemons.id),
    path: text('path').notNull(),
    branch: text('branch'),
    /** `main`: the person's own folder; `fork`: made by Makima in its data folder. */
    kind: text('kind').notNull().default('main'),
    removedAt: moment('removed_at'),
    createdAt: createdAt(),
  },
  (t) => [uniqueIndex('worktrees_path').on(t.ownerId, t.path).where(sql`${t.removedAt} is null`)],
)

export const contracts = pgTable(
  'contracts',
  {
    id: id(),
    ownerId: ownerId(),
    name: text('name').notNull(),
    goal: text('goal'),
    phase: text('phase').notNull().default('execute'),
    status: text('status').notNull().default('active'),
    repositoryId: uuid('repository_id').references(() => repositories.id),
    supervisorTaskId: uuid('supervisor_task_id'),
    agents: text('agents').array().notNull().default(sql`'{}'::text[]`),
    starred: boolean('starred').notNull().default(false),
    /** A person's name for it is never overwritten by an import. */
    renamed: boolean('renamed').notNull().default(false),
    sample: boolean('sample').notNull().default(false),
    /** Agents that may work at once, the supervisor's apart. Null: as many as Makima lets. */
    maxParallel: integer('max_parallel'),
    /** Model turns that one run may take. Null: no limit. */
    maxTurns: integer('max_turns'),
    /** US dollars that all work of the contract may cost. Null: no limit. */
    maxCostUsd: doublePrecision('max_cost_usd'),
    taskCount: integer('task_count').notNull().default(0),
    checkpointCount: integer('checkpoint_count').notNull().default(0),
    messageCount: count('message_count'),
    ...tokenTotals(),
    costUsd: doublePrecision('cost_usd').notNull().default(0),
    lastActivityAt: moment('last_activity_at').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    index('contracts_by_activity').on(t.ownerId, t.lastActivityAt, t.id),
    index('contracts_by_repository').on(t.repositoryId, t.lastActivityAt, t.id),
  ],
)

export const tasks = pgTable(
  'tasks',
  {
    id: id(),
    ownerId: ownerId(),
    contractId: uuid('contract_id')
      .notNull()
      .references(() => contracts.id),
    parentTaskId: uuid('parent_task_id'),
    isSupervisor: boolean('is_supervisor').notNull().default(false),
    name: text('name').notNull(),
    plan: text('plan'),
    agent: text('agent').notNull(),
    nativeSessionId: text('native_session_id'),
    /** Empty for the main thread of a session, the subagent's id for a child. */
    nativeThread: text('native_thread').notNull().default(''),
    repositoryId: uuid('repository_id').references(() => repositories.id),
    worktreeId: uuid('worktree_id').references(() => worktrees.id),
    /** Where the agent worked; may be a subfolder, may no longer exist. */
    cwd: text('cwd'),
    branch: text('branch'),
    status: text('status').notNull().default('completed'),
    phase: text('phase').notNull().default('execute'),
    /** The tool call in the parent's conversation that started this task. */
    spawnedByToolId: text('spawned_by_tool_id'),
    forkedFromTaskId: uuid('forked_from_task_id'),
    forkPoint: jsonb('fork_point'),
    continueFromTaskId: uuid('continue_from_task_id'),
    /** The conversation in force: the path that ends at this row. Null while nothing was said. */
    headSegmentId: uuid('head_segment_id'),
    headSeq: integer('head_seq').notNull().default(0),
    models: text('models').array().notNull().default(sql`'{}'::text[]`),
    messageCount: count('message_count'),
    toolCallCount: count('tool_call_count'),
    ...tokenTotals(),
    costUsd: doublePrecision('cost_usd').notNull().default(0),
    startedAt: moment('started_at'),
    completedAt: moment('completed_at'),
    lastActivityAt: moment('last_activity_at').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    index('tasks_by_contract').on(t.contractId, t.createdAt, t.id),
    index('tasks_by_parent').on(t.parentTaskId),
    index('tasks_by_worktree').on(t.worktreeId),
    uniqueIndex('tasks_native')
      .on(t.ownerId, t.agent, t.nativeSessionId, t.nativeThread)
      .where(sql`${t.nativeSessionId} is not null`),
  ],
)

export const taskCheckpoints = pgTable(
  'task_checkpoints',
  {
    id: id(),
    ownerId: ownerId(),
    contractId: uuid('contract_id')
      .notNull()
      .references(() => contracts.id),
    taskId: uuid('task_id')
      .notNull()
      .references(() => tasks.id),
    repositoryId: uuid('repository_id')
      .notNull()
      .references(() => repositories.id),
    worktreeId: uuid('worktree_id').references(() => worktrees.id),
    number: integer('number').notNull(),
    kind: text('kind').notNull(),
    commitSha: text('commit_sha').notNull(),
    treeSha: text('tree_sha').notNull(),
    /** HEAD of the worktree when it was taken; for a commit its parent. */
    baseHead: text('base_head'),
    branch: text('branch'),
    message: text('message').notNull(),
    files: integer('files').notNull().default(0),
    additions: integer('additions').notNull().default(0),
    deletions: integer('deletions').notNull().default(0),
    /** `[{ path, reason }]`: what this checkpoint does not hold. */
    notCovered: jsonb('not_covered').notNull().default([]),
    conversationSnapshotId: uuid('conversation_snapshot_id'),
    /** How it was tied to its message: `trailer`, `time`, `captured`. */
    matchedBy: text('matched_by'),
    /** The id another program gave it (Entire's checkpoint id). */
    externalId: text('external_id'),
    verifiedAt: moment('verified_at'),
    createdAt: createdAt(),
  },
  (t) => [
    unique('task_checkpoints_number').on(t.taskId, t.number),
    uniqueIndex('task_checkpoints_commit').on(t.taskId, t.commitSha).where(sql`${t.kind} = 'commit'`),
    index('task_checkpoints_by_contract').on(t.contractId, t.createdAt, t.id),
    index('task_checkpoints_by_repository').on(t.repositoryId, t.createdAt, t.id),
  ],
)

/** The operation log and its journal in one row; append-first, nothing cascades into it. */
export const operations = pgTable(
  'operations',
  {
    id: id(),
    ownerId: ownerId(),
    kind: text('kind').notNull(),
    contractId: uuid('contract_id'),
    taskId: uuid('task_id'),
    repositoryId: uuid('repository_id'),
    worktreeId: uuid('worktree_id'),
    daemonId: uuid('daemon_id'),
    askedBy: text('asked_by').notNull(),
    summary: text('summary').notNull(),
    input: jsonb('input').notNull(),
    plan: jsonb('plan'),
    planHash: text('plan_hash'),
    state: text('state').notNull().default('queued'),
    /** How far it came: `planned`, `snapshot_taken`, `files_applied`, `verified`, `recorded`. */
    step: text('step').notNull().default('planned'),
    before: jsonb('before'),
    after: jsonb('after'),
    result: jsonb('result'),
    errorCode: text('error_code'),
    error: text('error'),
    undoOf: uuid('undo_of'),
    undoneBy: uuid('undone_by'),
    /** Rises each time a worker takes it over: an old worker's writes are refused. */
    fence: integer('fence').notNull().default(0),
    leaseUntil: moment('lease_until'),
    /** When it came with a contract's file: it was done elsewhere, and nothing of it is ever done here. */
    importedAt: moment('imported_at'),
    createdAt: createdAt(),
    startedAt: moment('started_at'),
    finishedAt: moment('finished_at'),
  },
  (t) => [
    check('operations_imported_ended', sql`${t.importedAt} is null or ${t.state} in ('done', 'failed', 'undone')`),
    index('operations_by_time').on(t.ownerId, t.createdAt, t.id),
    index('operations_by_task').on(t.taskId, t.createdAt, t.id),
    // Makes a second running operation on one worktree impossible even if the queue errs.
    uniqueIndex('operations_one_running').on(t.worktreeId).where(sql`${t.state} = 'running'`),
  ],
)

/** The recover shelf: what an operation put aside. Only a person empties it. */
export const shelfItems = pgTable(
  'shelf_items',
  {
    id: id(),
    ownerId: ownerId(),
    operationId: uuid('operation_id').notNull(),
    taskId: uuid('task_id'),
    repositoryId: uuid('repository_id'),
    worktreeId: uuid('worktree_id'),
    ref: text('ref').notNull(),
    commitSha: text('commit_sha').notNull(),
    headSegmentId: uuid('head_segment_id'),
    headSeq: integer('head_seq'),
    files: integer('files').notNull().default(0),
    sizeBytes: count('size_bytes'),
    emptiedAt: moment('emptied_at'),
    createdAt: createdAt(),
  },
  (t) => [
    index('shelf_items_by_time').on(t.ownerId, t.createdAt, t.id),
    uniqueIndex('shelf_items_operation').on(t.operationId, t.ref),
  ],
)

/** A token for one frozen, redacted conversation; outlives its task, so it refers to nothing. */
export const shares = pgTable(
  'shares',
  {
    id: id(),
    ownerId: ownerId(),
    tokenHash: text('token_hash').notNull().unique(),
    title: text('title').notNull(),
    /** What was asked for and what was masked, in numbers; the words are in its pages. */
    content: jsonb('content').notNull(),
    /** Where it came from, for the person who made it; both may be gone. */
    contractId: uuid('contract_id'),
    taskId: uuid('task_id'),
    messages: integer('messages').notNull().default(0),
    pages: integer('pages').notNull().default(0),
    passwordHash: text('password_hash'),
    /** Tries of a password since the last right one, and until when their turns are taken; see share-tries.ts. */
    failedTries: integer('failed_tries').notNull().default(0),
    failedAt: moment('failed_at'),
    views: integer('views').notNull().default(0),
    lastViewedAt: moment('last_viewed_at'),
    expiresAt: moment('expires_at'),
    revokedAt: moment('revoked_at'),
    createdAt: createdAt(),
  },
  (t) => [index('shares_by_time').on(t.ownerId, t.createdAt, t.id)],
)

/** What another program shows to be let in: only a hash of it is kept. */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: id(),
    ownerId: ownerId(),
    name: text('name').notNull(),
    /** Its beginning, by which a person knows it. */
    prefix: text('prefix').notNull(),
    keyHash: text('key_hash').notNull().unique(),
    /** `read` or `write`. */
    scope: text('scope').notNull(),
    expiresAt: moment('expires_at'),
    lastUsedAt: moment('last_used_at'),
    revokedAt: moment('revoked_at'),
    createdAt: createdAt(),
  },
  (t) => [index('api_keys_by_time').on(t.ownerId, t.createdAt, t.id)],
)

/** The frozen messages of a share, a page at a time. */
export const sharePages = pgTable(
  'share_pages',
  {
    shareId: uuid('share_id')
      .notNull()
      .references(() => shares.id, { onDelete: 'cascade' }),
    number: integer('number').notNull(),
    messages: jsonb('messages').notNull(),
  },
  (t) => [primaryKey({ columns: [t.shareId, t.number] })],
)

export const imports = pgTable(
  'imports',
  {
    id: id(),
    ownerId: ownerId(),
    /** What was asked for; empty means the agents' usual places. */
    path: text('path'),
    agent: text('agent'),
    state: text('state').notNull().default('queued'),
    progress: jsonb('progress').notNull().default({}),
    totals: jsonb('totals'),
    checkpoints: integer('checkpoints').notNull().default(0),
    notes: jsonb('notes').notNull().default([]),
    error: text('error'),
    createdAt: createdAt(),
    startedAt: moment('started_at'),
    finishedAt: moment('finished_at'),
  },
  (t) => [index('imports_by_time').on(t.ownerId, t.createdAt, t.id)],
)

/** How often a worker died while it was at a job: one that ends each worker must not be tried for ever. */
export const jobDeaths = pgTable('job_deaths', {
  /** Of the job library. */
  jobId: bigint('job_id', { mode: 'number' }).primaryKey(),
  deaths: integer('deaths').notNull(),
  lastAt: moment('last_at').notNull(),
})

/** A retry with the same key gets the first answer again instead of a second change. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    ownerId: ownerId(),
    key: text('key').notNull(),
    requestHash: bytea('request_hash').notNull(),
    status: integer('status'),
    response: jsonb('response'),
    createdAt: createdAt(),
  },
  (t) => [unique('idempotency_keys_key').on(t.ownerId, t.key)],
)
