// The tables of the talk: transcripts as read, and the append-only tree of messages.
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
  smallint,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { bytea, count, createdAt, id, moment, ownerId, tsvector } from './columns'
import { imports, tasks } from './schema'

/** One per file or stream read. Its bytes lie in chunks, or are the first `bytes` bytes of `prefix_of`. */
export const transcriptSources = pgTable(
  'transcript_sources',
  {
    id: id(),
    ownerId: ownerId(),
    agent: text('agent').notNull(),
    /** `file` on disk, or `git`: a blob of a repository. */
    kind: text('kind').notNull(),
    path: text('path').notNull(),
    /** What makes it the same file at the next look: device and inode, or the blob's id. */
    identity: text('identity').notNull(),
    nativeSessionId: text('native_session_id'),
    nativeThread: text('native_thread').notNull().default(''),
    taskId: uuid('task_id').references(() => tasks.id),
    formatVersion: text('format_version'),
    bytes: count('bytes'),
    /** End of the last whole record; a torn tail lies between here and `bytes` and is read again when the file grows. */
    parsedTo: count('parsed_to'),
    /** SHA-256 of all bytes: tells a grown file from a rewritten one. */
    contentHash: bytea('content_hash'),
    prefixOf: uuid('prefix_of'),
    /** The source that this one stands for since its file was cut or rewritten. */
    replaces: uuid('replaces'),
    replacedAt: moment('replaced_at'),
    report: jsonb('report'),
    /** How many places of it were blanked because a string was forgotten: since then it is not byte for byte the agent's. */
    blanked: integer('blanked').notNull().default(0),
    blankedAt: moment('blanked_at'),
    modifiedAt: moment('modified_at'),
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex('transcript_sources_path').on(t.ownerId, t.kind, t.path).where(sql`${t.replacedAt} is null`),
    index('transcript_sources_by_task').on(t.taskId),
    index('transcript_sources_by_session').on(t.ownerId, t.nativeSessionId),
    index('transcript_sources_by_time').on(t.ownerId, t.createdAt, t.id),
  ],
)

/**
 * The bytes as read, in pieces that end at a newline. No foreign key: a check per row would cost the import its speed,
 * and both rows are written in one transaction.
 */
export const transcriptChunks = pgTable(
  'transcript_chunks',
  {
    sourceId: uuid('source_id').notNull(),
    startOffset: bigint('start_offset', { mode: 'number' }).notNull(),
    size: integer('size').notNull(),
    /** Brotli of the piece. */
    packed: bytea('packed'),
    /** The piece itself, instead of `packed` where that would not be smaller. */
    raw: bytea('raw'),
  },
  (t) => [
    primaryKey({ columns: [t.sourceId, t.startOffset] }),
    check('transcript_chunks_one_form', sql`(${t.packed} is null) <> (${t.raw} is null)`),
  ],
)

/** The order in which pieces of sources were fed into a session's tree: replaying it gives the same tree again. */
export const transcriptFeeds = pgTable(
  'transcript_feeds',
  {
    taskId: uuid('task_id')
      .notNull()
      .references(() => tasks.id),
    number: integer('number').notNull(),
    sourceId: uuid('source_id')
      .notNull()
      .references(() => transcriptSources.id),
    thread: text('thread').notNull().default(''),
    fromOffset: bigint('from_offset', { mode: 'number' }).notNull(),
    toOffset: bigint('to_offset', { mode: 'number' }).notNull(),
    /** Settings of the reader at this feed: inline threads passed over, fork begun here. */
    options: jsonb('options').notNull().default({}),
  },
  (t) => [primaryKey({ columns: [t.taskId, t.number] })],
)

/** What an import did with one path. */
export const importSources = pgTable(
  'import_sources',
  {
    importId: uuid('import_id')
      .notNull()
      .references(() => imports.id),
    number: integer('number').notNull(),
    path: text('path').notNull(),
    sourceId: uuid('source_id').references(() => transcriptSources.id),
    /** Why it was not read, as a sentence; null when it was. */
    skipped: text('skipped'),
    /** `new`, `grown`, `unchanged`, `rewritten`. */
    outcome: text('outcome'),
  },
  (t) => [primaryKey({ columns: [t.importId, t.number] })],
)

/** A stretch of conversation. A path is: this segment up to a row, then its parent up to `parent_seq`, and so on. */
export const segments = pgTable(
  'segments',
  {
    id: id(),
    ownerId: ownerId(),
    taskId: uuid('task_id')
      .notNull()
      .references(() => tasks.id),
    parentSegmentId: uuid('parent_segment_id'),
    parentSeq: integer('parent_seq').notNull().default(0),
    /** Its number in the transcript reader, so that a continued import finds it again; null for Makima's own. */
    nativeIndex: integer('native_index'),
    length: integer('length').notNull().default(0),
    /** The last row whose words can be searched for; the others are read in the background. */
    searchableTo: integer('searchable_to').notNull().default(0),
    createdByOperation: uuid('created_by_operation'),
    createdAt: createdAt(),
  },
  (t) => [
    index('segments_by_task').on(t.taskId),
    index('segments_by_parent').on(t.parentSegmentId),
    index('segments_unsearched').on(t.id).where(sql`${t.searchableTo} < ${t.length}`),
  ],
)

/** One normalised turn or tool call. No foreign key and no other index on the hot path, for the same reason as chunks. */
export const messages = pgTable(
  'messages',
  {
    segmentId: uuid('segment_id').notNull(),
    seq: integer('seq').notNull(),
    ownerId: ownerId(),
    role: text('role').notNull(),
    kind: text('kind').notNull(),
    subtype: text('subtype'),
    text: text('text'),
    toolName: text('tool_name'),
    toolInput: text('tool_input'),
    toolResult: text('tool_result'),
    isError: boolean('is_error'),
    durationMs: bigint('duration_ms', { mode: 'number' }),
    model: text('model'),
    tokensInput: bigint('tokens_input', { mode: 'number' }),
    tokensOutput: bigint('tokens_output', { mode: 'number' }),
    tokensCacheRead: bigint('tokens_cache_read', { mode: 'number' }),
    tokensCacheWrite: bigint('tokens_cache_write', { mode: 'number' }),
    costUsd: doublePrecision('cost_usd'),
    at: moment('at'),
    nativeId: text('native_id'),
    nativeMessageId: text('native_message_id'),
    nativeToolId: text('native_tool_id'),
    sourceId: uuid('source_id'),
    sourceOffset: bigint('source_offset', { mode: 'number' }),
    sourceLength: integer('source_length'),
    resultSourceId: uuid('result_source_id'),
    resultOffset: bigint('result_offset', { mode: 'number' }),
    resultLength: integer('result_length'),
    /** Something was cut; the whole lies in the source. */
    truncated: boolean('truncated').notNull().default(false),
  },
  (t) => [
    primaryKey({ columns: [t.segmentId, t.seq] }),
    // Finds the session that a fork's first prompt was copied from; prompts are few.
    index('messages_prompts').on(t.nativeId).where(sql`${t.kind} in ('prompt', 'command')`),
    // Orders a segment by time for "the message at that moment": prompts are enough to begin from.
    index('messages_prompt_times').on(t.segmentId, t.at).where(sql`${t.kind} in ('prompt', 'command')`),
  ],
)

/** Search text apart from the hot table, filled in the background. */
export const messageSearch = pgTable(
  'message_search',
  {
    segmentId: uuid('segment_id').notNull(),
    seq: integer('seq').notNull(),
    ownerId: ownerId(),
    part: smallint('part').notNull().default(0),
    document: tsvector('document').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.segmentId, t.seq, t.part] }),
    index('message_search_document').using('gin', t.document),
  ],
)

/** A position in the tree, not a copy. */
export const conversationSnapshots = pgTable(
  'conversation_snapshots',
  {
    id: id(),
    ownerId: ownerId(),
    taskId: uuid('task_id')
      .notNull()
      .references(() => tasks.id),
    checkpointId: uuid('checkpoint_id'),
    snapshotType: text('snapshot_type').notNull(),
    segmentId: uuid('segment_id'),
    seq: integer('seq').notNull().default(0),
    messageCount: count('message_count'),
    metadata: jsonb('metadata').notNull().default({}),
    createdAt: createdAt(),
  },
  (t) => [index('conversation_snapshots_by_task').on(t.taskId, t.createdAt)],
)
