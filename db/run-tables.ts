// The tables of agents at work: what was started, and which native sessions belong to which task.
import { sql } from 'drizzle-orm'
import {
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { createdAt, id, moment, ownerId } from './columns'
import { tasks } from './schema'

/** One turn of an agent that Makima started, or a session that it wrote for a person to go on with. */
export const runs = pgTable(
  'runs',
  {
    id: id(),
    ownerId: ownerId(),
    contractId: uuid('contract_id').notNull(),
    taskId: uuid('task_id')
      .notNull()
      .references(() => tasks.id),
    worktreeId: uuid('worktree_id'),
    /** The worker that is to start it, or did. Null: any. */
    daemonId: uuid('daemon_id'),
    agent: text('agent').notNull(),
    /** `here`: a worker runs the agent. `print`: only the session is written, a person runs it. */
    way: text('way').notNull(),
    mode: text('mode').notNull(),
    askedBy: text('asked_by').notNull(),
    prompt: text('prompt').notNull(),
    /** Where the conversation is cut: a row of the task's tree; null when nothing is carried. */
    segmentId: uuid('segment_id'),
    seq: integer('seq').notNull().default(0),
    settings: jsonb('settings').notNull().default({}),
    /** `queued`, `starting`, `running`, `waiting` (for a person), then `done`, `failed`, `stopped` or `interrupted`. */
    state: text('state').notNull().default('queued'),
    /** Why a queued run does not begin yet, as a sentence. */
    waitsFor: text('waits_for'),
    nativeSessionId: text('native_session_id'),
    cwd: text('cwd'),
    /** What a person types to go on with the session. */
    command: jsonb('command'),
    notCarried: jsonb('not_carried').notNull().default([]),
    pid: integer('pid'),
    /** Tells the process from another that got its number later. */
    pidStart: text('pid_start'),
    /** What the agent asks a person for: `[{ requestId, toolName, input, options }]`. */
    pending: jsonb('pending').notNull().default([]),
    /** The answer to a request, until the worker has taken it. */
    answers: jsonb('answers').notNull().default([]),
    stopAsked: moment('stop_asked'),
    /** What is being written right now, for pages that come later: `{ number, text, thinking }`. */
    live: jsonb('live'),
    turns: integer('turns').notNull().default(0),
    costUsd: doublePrecision('cost_usd'),
    errorCode: text('error_code'),
    error: text('error'),
    /** When it came with a contract's file: the agent ran elsewhere, and is never started here for it. */
    importedAt: moment('imported_at'),
    createdAt: createdAt(),
    startedAt: moment('started_at'),
    firstOutputAt: moment('first_output_at'),
    heartbeatAt: moment('heartbeat_at'),
    finishedAt: moment('finished_at'),
  },
  (t) => [
    check(
      'runs_imported_ended',
      sql`${t.importedAt} is null or ${t.state} in ('done', 'failed', 'stopped', 'interrupted')`,
    ),
    index('runs_by_task').on(t.taskId, t.createdAt, t.id),
    index('runs_by_contract').on(t.contractId, t.createdAt, t.id),
    index('runs_open').on(t.state).where(sql`${t.state} in ('queued', 'starting', 'running', 'waiting')`),
    // Two resumes at once: the second is refused, whatever the doors did.
    uniqueIndex('runs_one_open').on(t.taskId).where(sql`${t.state} in ('queued', 'starting', 'running', 'waiting')`),
  ],
)

/** Native sessions that Makima wrote or started: what an agent records in them belongs to the task. */
export const nativeSessions = pgTable(
  'native_sessions',
  {
    ownerId: ownerId(),
    agent: text('agent').notNull(),
    nativeSessionId: text('native_session_id').notNull(),
    taskId: uuid('task_id')
      .notNull()
      .references(() => tasks.id),
    runId: uuid('run_id'),
    /** The row of the task's tree after which the session's own messages come; null: it begins with nothing. */
    segmentId: uuid('segment_id'),
    seq: integer('seq').notNull().default(0),
    /** How much of it is a copy: `{ bytes?, messages? }`. */
    inherited: jsonb('inherited').notNull().default({}),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.ownerId, t.agent, t.nativeSessionId] }),
    index('native_sessions_by_task').on(t.taskId, t.createdAt),
  ],
)
