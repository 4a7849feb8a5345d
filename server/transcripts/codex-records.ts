// Which kind of record this is: the rules that counting and reading share.

import { asString, isObject } from './claude-code-content'
import { injectedKind, partsText } from './codex-content'

type JsonObject = Record<string, unknown>

/**
 * A record taken apart: `kind` is its type, `type` that of its payload (empty when it has none). `bare` says that it stood
 * without a payload around it, as in files of 2025.
 */
export type CodexRecord = { kind: string; type: string; payload: JsonObject; ordinal: number | null; bare: boolean }

const STATE = [
  'session_meta',
  'turn_context',
  'compacted',
  'world_state',
  'token_usage_record',
  'inter_agent_communication',
  'inter_agent_communication_metadata',
]

const ITEMS = [
  'message',
  'agent_message',
  'reasoning',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
  'local_shell_call',
  'tool_search_call',
  'tool_search_output',
  'web_search_call',
  'image_generation_call',
  'additional_tools',
  'ghost_snapshot',
  'compaction',
  'compaction_summary',
  'compaction_trigger',
  'context_compaction',
]

const EVENTS = [
  'user_message',
  'injected_message',
  'agent_message',
  'agent_reasoning',
  'agent_reasoning_raw_content',
  'agent_reasoning_section_break',
  'token_count',
  'task_started',
  'task_complete',
  'turn_aborted',
  'turn_diff',
  'plan_update',
  'item_started',
  'item_completed',
  'exec_command_begin',
  'exec_command_end',
  'patch_apply_begin',
  'patch_apply_end',
  'mcp_tool_call_begin',
  'mcp_tool_call_end',
  'web_search_begin',
  'web_search_end',
  'image_generation_begin',
  'image_generation_end',
  'view_image_tool_call',
  'dynamic_tool_call_request',
  'dynamic_tool_call_response',
  'collab_agent_spawn_begin',
  'collab_agent_spawn_end',
  'collab_agent_interaction_begin',
  'collab_agent_interaction_end',
  'collab_waiting_begin',
  'collab_waiting_end',
  'collab_close_begin',
  'collab_close_end',
  'collab_resume_begin',
  'collab_resume_end',
  'sub_agent_activity',
  'context_compacted',
  'thread_name_updated',
  'thread_settings_applied',
  'thread_goal_updated',
  'thread_rolled_back',
  'entered_review_mode',
  'exited_review_mode',
  'undo_started',
  'undo_completed',
  'guardian_assessment',
  'guardian_warning',
  'background_event',
  'deprecation_notice',
  'model_reroute',
  'model_verification',
  'shutdown_complete',
  'session_configured',
  'warning',
  'error',
  'stream_error',
]

const KNOWN: Record<string, Set<string>> = { response_item: new Set(ITEMS), event_msg: new Set(EVENTS) }
const KNOWN_STATE = new Set(STATE)
const KNOWN_ITEMS = KNOWN.response_item as Set<string>

const CALLS = new Set(['function_call', 'custom_tool_call', 'local_shell_call', 'tool_search_call'])
const RESULTS = new Set(['function_call_output', 'custom_tool_call_output', 'tool_search_output'])

/** Files of 2025 hold bare items and a header; they come out as the records of later ones. */
export function openRecord(value: JsonObject): CodexRecord {
  const ordinal = typeof value.ordinal === 'number' ? value.ordinal : null
  const kind = asString(value.type) ?? ''
  if (isObject(value.payload)) {
    return { kind, type: asString(value.payload.type) ?? '', payload: value.payload, ordinal, bare: false }
  }
  const base = { type: '', payload: value, ordinal, bare: true }
  if (KNOWN_ITEMS.has(kind)) return { ...base, kind: 'response_item', type: kind }
  if (isBareHeader(value)) return { ...base, kind: 'session_meta' }
  return { ...base, kind: value.record_type === 'state' ? 'world_state' : kind }
}

/** `record:foo`, `response_item:foo` or `event_msg:foo` for a kind that is not known; null for known ones. */
export function unknownCodexKind({ kind, type }: CodexRecord): string | null {
  const types = KNOWN[kind]
  if (types === undefined) return KNOWN_STATE.has(kind) ? null : `record:${kind.slice(0, 60)}`
  return types.has(type) ? null : `${kind}:${type.slice(0, 60)}`
}

export function isCall({ kind, type }: CodexRecord): boolean {
  return kind === 'response_item' && CALLS.has(type)
}

export function isResult({ kind, type }: CodexRecord): boolean {
  return kind === 'response_item' && RESULTS.has(type)
}

export function isAssistantMessage({ kind, type, payload }: CodexRecord): boolean {
  return kind === 'response_item' && type === 'message' && payload.role === 'assistant'
}

/**
 * A prompt as the program shows it: an event, in newer releases a completed item (sometimes both, see PromptTwins), in
 * bare files the message itself. Null for every other record.
 */
export function promptOf(record: CodexRecord): { text: string; leftOut: boolean; source: string } | null {
  const { kind, type, payload } = record
  if (kind === 'event_msg' && type === 'user_message') {
    if (typeof payload.kind === 'string' && payload.kind !== 'plain') return null
    const images = [payload.images, payload.local_images].flatMap((list) => (Array.isArray(list) ? list : []))
    const text = asString(payload.message) ?? ''
    return { text: [text, ...images.map(() => '[image]')].join('\n'), leftOut: images.length > 0, source: type }
  }
  if (kind === 'event_msg' && type === 'item_completed') {
    const item = isObject(payload.item) ? payload.item : {}
    return item.type === 'UserMessage' ? { ...partsText(item.content), source: type } : null
  }
  if (record.bare && type === 'message' && payload.role === 'user') {
    const { text, leftOut } = partsText(payload.content)
    return injectedKind(text) === null ? { text, leftOut, source: type } : null
  }
  return null
}

/** Tells a prompt that the program writes down twice, as an event and as an item, from one that was typed twice. */
export class PromptTwins {
  private last: { text: string; source: string } | null = null

  /** True if this prompt is the second writing of the one before. */
  isTwin(prompt: { text: string; source: string }): boolean {
    const { last } = this
    const isTwin = last !== null && last.source !== prompt.source && last.text === prompt.text
    this.last = isTwin ? null : { text: prompt.text, source: prompt.source }
    return isTwin
  }
}

function isBareHeader(value: JsonObject): boolean {
  return typeof value.id === 'string' && typeof value.timestamp === 'string' && 'instructions' in value
}

/** True if the value is surely a record of Codex: other programs write neither this envelope nor these kinds. */
export function isCodexRecord(value: JsonObject): boolean {
  if (isObject(value.payload) && typeof value.timestamp === 'string') {
    const { kind, type } = openRecord(value)
    if (kind === 'session_meta') return typeof value.payload.id === 'string'
    return kind === 'turn_context' || kind === 'compacted' || KNOWN[kind]?.has(type) === true
  }
  return value.type === undefined && isBareHeader(value)
}
