// Owns what a contract's file is: a zip with a head, the rows of each table as lines of JSON, transcripts byte for byte,
// and for each repository one git pack with the names of what it holds.
import { z } from 'zod'
import { MOST_PIECE_BYTES } from './limits'

export const FORMAT = 'makima-contract'
/** Rises when an older Makima could not read it any more. New columns and tables alone do not raise it. */
export const VERSION = 1

export const HEAD_NAME = 'contract.json'
export const CHUNKS_NAME = 'transcripts/pieces.jsonl'

export const rowsName = (table: string): string => `rows/${table}.jsonl`
export const transcriptName = (sourceId: string): string => `transcripts/${sourceId}`
export const packName = (repositoryId: string): string => `git/${repositoryId}.pack`

const sha = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/)

export const headSchema = z.object({
  format: z.literal(FORMAT),
  version: z.int(),
  writtenAt: z.iso.datetime(),
  contract: z.object({ id: z.uuid(), name: z.string().max(100_000) }),
  repositories: z.array(
    z.object({
      id: z.uuid(),
      hasPack: z.boolean(),
      refs: z.array(z.object({ ref: z.string().max(300), sha })).max(1_000_000),
      /** Commits that are needed and that git had pruned before the file was written. */
      missing: z.array(z.string().max(100)),
    }),
  ),
})
export type Head = z.output<typeof headSchema>

/** How a piece of a transcript lay: pieces of one source follow each other in its file. */
export const pieceSchema = z.object({
  sourceId: z.uuid(),
  start: z.int().min(0),
  size: z.int().min(0).max(MOST_PIECE_BYTES),
})

export type Row = Record<string, unknown>

export type TableFormat = {
  name: string
  /** What orders it, for pages of it. */
  key: string[]
  /** Columns that name a row of the file; without it the file is broken. */
  needs: Record<string, string>
  /** Columns that may name a row outside of the file; they are emptied then. */
  knows: Record<string, string>
  /** Columns that say what to do on a machine: they are not written, and not taken from a file that has them. */
  leaves: readonly string[]
}

const table = (
  name: string,
  key: string[],
  needs: Record<string, string>,
  knows: Record<string, string> = {},
  leaves: readonly string[] = [],
): TableFormat => ({ name, key, needs, knows, leaves })

/** The plan and the journal of an operation tell a worker which files to change and where. */
const JOURNAL = ['plan', 'plan_hash', 'step', 'before', 'after', 'daemon_id', 'fence', 'lease_until', 'imported_at']
/** What an agent was started with and asks for, and the command that a person would paste. */
const WORK = [
  'settings',
  'command',
  'pending',
  'answers',
  'daemon_id',
  'pid',
  'pid_start',
  'stop_asked',
  'live',
  'waits_for',
  'heartbeat_at',
  'imported_at',
]

/** In the order in which rows can be written. What is not here (runs under way, keys, shares) stays where it is. */
export const TABLES: readonly TableFormat[] = [
  table('repositories', ['id'], {}),
  table('worktrees', ['id'], { repository_id: 'repositories' }),
  table('contracts', ['id'], {}, { repository_id: 'repositories', supervisor_task_id: 'tasks' }),
  table(
    'tasks',
    ['id'],
    { contract_id: 'contracts' },
    {
      repository_id: 'repositories',
      worktree_id: 'worktrees',
      parent_task_id: 'tasks',
      forked_from_task_id: 'tasks',
      continue_from_task_id: 'tasks',
      head_segment_id: 'segments',
    },
  ),
  table(
    'segments',
    ['id'],
    { task_id: 'tasks' },
    { parent_segment_id: 'segments', created_by_operation: 'operations' },
  ),
  table(
    'conversation_snapshots',
    ['id'],
    { task_id: 'tasks' },
    { segment_id: 'segments', checkpoint_id: 'task_checkpoints' },
  ),
  table(
    'transcript_sources',
    ['id'],
    {},
    { task_id: 'tasks', prefix_of: 'transcript_sources', replaces: 'transcript_sources' },
  ),
  table('transcript_feeds', ['task_id', 'number'], { task_id: 'tasks', source_id: 'transcript_sources' }),
  table(
    'messages',
    ['segment_id', 'seq'],
    { segment_id: 'segments' },
    { source_id: 'transcript_sources', result_source_id: 'transcript_sources' },
  ),
  table(
    'task_checkpoints',
    ['id'],
    { contract_id: 'contracts', task_id: 'tasks', repository_id: 'repositories' },
    { worktree_id: 'worktrees', conversation_snapshot_id: 'conversation_snapshots' },
    // Whether it is whole is for the store here to say.
    ['verified_at'],
  ),
  table(
    'operations',
    ['id'],
    {},
    {
      contract_id: 'contracts',
      task_id: 'tasks',
      repository_id: 'repositories',
      worktree_id: 'worktrees',
      undo_of: 'operations',
      undone_by: 'operations',
    },
    JOURNAL,
  ),
  table(
    'shelf_items',
    ['id'],
    { operation_id: 'operations' },
    { task_id: 'tasks', repository_id: 'repositories', worktree_id: 'worktrees', head_segment_id: 'segments' },
  ),
  table(
    'runs',
    ['id'],
    { contract_id: 'contracts', task_id: 'tasks' },
    { worktree_id: 'worktrees', segment_id: 'segments' },
    WORK,
  ),
  table(
    'native_sessions',
    ['agent', 'native_session_id'],
    { task_id: 'tasks' },
    { run_id: 'runs', segment_id: 'segments' },
  ),
  table(
    'history_events',
    ['created_at', 'id'],
    {},
    { contract_id: 'contracts', task_id: 'tasks', repository_id: 'repositories' },
    ['tx'],
  ),
]
