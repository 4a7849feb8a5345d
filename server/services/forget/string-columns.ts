// Which columns hold words, and which only what the rows are tied together by: there a string stays, as blanking it would
// cut a task off from its folder or a message from its record.

/** Columns with words, by table; `json` where the type is json or jsonb. */
export const WORDS: Record<string, Record<string, 'text' | 'json'>> = {
  contracts: { name: 'text', goal: 'text' },
  tasks: { name: 'text', plan: 'text' },
  task_checkpoints: { message: 'text', not_covered: 'json' },
  operations: {
    summary: 'text',
    input: 'json',
    plan: 'json',
    before: 'json',
    after: 'json',
    result: 'json',
    error: 'text',
  },
  runs: {
    prompt: 'text',
    settings: 'json',
    command: 'json',
    not_carried: 'json',
    pending: 'json',
    answers: 'json',
    live: 'json',
    error: 'text',
    waits_for: 'text',
  },
  messages: { text: 'text', tool_input: 'text', tool_result: 'text' },
  conversation_snapshots: { metadata: 'json' },
  transcript_sources: { report: 'json' },
  native_sessions: { inherited: 'json' },
  shares: { title: 'text', content: 'json' },
  share_pages: { messages: 'json' },
  imports: { notes: 'json', error: 'text', progress: 'json' },
  import_sources: { skipped: 'text' },
  idempotency_keys: { key: 'text', response: 'json' },
  api_keys: { name: 'text' },
  history_events: { event_data: 'json' },
}

/** Columns that say where something lies: counted, said, and left. */
export const PLACES: Record<string, string[]> = {
  repositories: ['name', 'remote', 'path', 'identity'],
  worktrees: ['path', 'branch'],
  tasks: ['cwd', 'branch', 'native_session_id', 'native_thread'],
  task_checkpoints: ['branch'],
  runs: ['cwd'],
  transcript_sources: ['path', 'native_session_id'],
  import_sources: ['path'],
  imports: ['path'],
}

/** Columns with kinds, states, ids, hashes and the like, in which nobody's words stand. */
export const NO_WORDS: Record<string, string> = {
  api_keys: 'key_hash prefix scope',
  browser_sessions: 'browser secret_hash',
  contracts: 'agents phase status',
  conversation_snapshots: 'snapshot_type',
  daemons: 'host name version',
  entry_links: 'secret_hash',
  forgettings: 'counts error kind options plan plan_hash remains state step',
  history_counts: 'agent event_type phase scope',
  history_events: 'agent event_subtype event_type phase',
  import_sources: 'outcome',
  imports: 'agent state totals',
  messages: 'kind model native_id native_message_id native_tool_id role subtype tool_name',
  native_sessions: 'agent native_session_id',
  operations: 'asked_by error_code kind plan_hash state step',
  repositories: 'object_format',
  runs: 'agent asked_by error_code mode native_session_id pid_start state way',
  shares: 'password_hash token_hash',
  shelf_items: 'commit_sha ref',
  task_checkpoints: 'base_head commit_sha external_id kind matched_by tree_sha',
  tasks: 'agent fork_point models phase spawned_by_tool_id status',
  tombstones: 'kind',
  transcript_feeds: 'options thread',
  transcript_sources: 'agent format_version identity kind native_thread',
  worktrees: 'kind',
}
