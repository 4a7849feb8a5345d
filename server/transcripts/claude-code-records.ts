// Which kind of record this is, and whether a person wrote it: the rules that counting and reading share.

import { asString, classifyUserText, firstText, hasToolResult, isObject } from './claude-code-content'

type JsonObject = Record<string, unknown>

const CONVERSATION = ['assistant', 'user', 'system', 'attachment', 'progress']

/** Records without a `uuid` that place no row and whose meaning is known. */
const STATE = [
  'file-history-snapshot',
  'file-history-delta',
  'summary',
  'queue-operation',
  'last-prompt',
  'permission-mode',
  'mode',
  'ai-title',
  'custom-title',
  'agent-name',
  'pr-link',
  'bridge-session',
  'atis-latch',
  'tools-used',
  'cost-state',
  'api-request',
  'api-request-blob',
  'api-request-shape',
]

const SYSTEM = [
  'stop_hook_summary',
  'turn_duration',
  'compact_boundary',
  'microcompact_boundary',
  'local_command',
  'api_error',
  'away_summary',
  'bridge_status',
  'informational',
]

const PROGRESS = [
  'bash_progress',
  'hook_progress',
  'agent_progress',
  'mcp_progress',
  'query_update',
  'search_results_received',
  'waiting_for_task',
]

const ATTACHMENTS = [
  'hook_success',
  'task_reminder',
  'edited_text_file',
  'total_tokens_reminder',
  'diagnostics',
  'deferred_tools_delta',
  'skill_listing',
  'hook_system_message',
  'queued_command',
  'mcp_instructions_delta',
  'command_permissions',
  'hook_additional_context',
  'agent_listing_delta',
  'date_change',
  'hook_non_blocking_error',
  'hook_cancelled',
  'plan_mode_exit',
  'auto_mode',
  'plan_mode',
  'opened_file_in_ide',
  'plan_mode_reentry',
  'todo_reminder',
  'auto_mode_exit',
  'directory',
  'file',
  'selected_lines_in_ide',
  'goal_status',
  'ultra_effort_enter',
  'async_hook_response',
  'read_truncation_notice',
  'environment',
  'model',
  'date',
  'prompt_snapshot',
  'remote_session_change',
  'session_context',
]

const KNOWN_RECORDS = new Set([...CONVERSATION, ...STATE])
const KNOWN_SUBTYPES: Record<string, Set<string>> = {
  system: new Set(SYSTEM),
  progress: new Set(PROGRESS),
  attachment: new Set(ATTACHMENTS),
}

/** The subtype of a system, attachment or progress record. */
export function subtypeOf(value: JsonObject): string | null {
  if (value.type === 'system') return asString(value.subtype)
  if (value.type === 'attachment') return isObject(value.attachment) ? asString(value.attachment.type) : null
  if (value.type === 'progress') return isObject(value.data) ? asString(value.data.type) : null
  return null
}

/** `record:foo`, `attachment:foo`, `system:foo` or `progress:foo` for a kind that is not known; null for known ones. */
export function unknownKind(value: JsonObject): string | null {
  const type = asString(value.type) ?? ''
  if (!KNOWN_RECORDS.has(type)) return `record:${type.slice(0, 60)}`
  const subtypes = KNOWN_SUBTYPES[type]
  if (subtypes === undefined) return null
  const subtype = subtypeOf(value) ?? ''
  return subtypes.has(subtype) ? null : `${type}:${subtype.slice(0, 60)}`
}

/**
 * True if the record is a prompt: words of a person that began a turn. That is a `user` record of the main thread
 * without tool result that was neither injected (`isMeta`), nor a compaction summary, and whose first text is not a
 * command, its output, an interrupt mark or a task notification.
 */
export function isPrompt(value: JsonObject): boolean {
  if (value.type !== 'user' || value.isMeta === true || value.isCompactSummary === true || value.isSidechain === true) {
    return false
  }
  const content = isObject(value.message) ? value.message.content : null
  return !hasToolResult(content) && classifyUserText(firstText(content) ?? '').kind === 'prompt'
}

/**
 * True if the value is surely a Claude Code record: a conversation record with its envelope, or one of the state
 * records that a file may begin with. Records that other agents could have written too are not sure.
 */
export function isClaudeCodeRecord(value: JsonObject): boolean {
  const type = asString(value.type)
  if (type === null) return false
  if (typeof value.sessionId === 'string' && typeof value.uuid === 'string') {
    return 'parentUuid' in value || isObject(value.message)
  }
  if (type === 'summary') return typeof value.leafUuid === 'string' && typeof value.summary === 'string'
  if (type === 'file-history-snapshot') return isObject(value.snapshot) && typeof value.messageId === 'string'
  return type.includes('-') && STATE.includes(type) && typeof value.sessionId === 'string'
}
