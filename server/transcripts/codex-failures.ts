// Which tool calls failed. Codex flags no errors: exit codes say it, in the output itself or in an event beside it.

import { asString, isObject } from './claude-code-content'
import { exitCodeOf, millisOf } from './codex-content'
import type { CodexRecord } from './codex-records'

/** What an event says of the end of a call; fields are null where it says nothing. */
export type CallEnd = { callId: string; failed: boolean | null; durationMs: number | null }

/** The call that an event ended; null when the record is no such event. */
export function callEnd({ kind, type, payload }: CodexRecord): CallEnd | null {
  if (kind !== 'event_msg') return null
  const callId = asString(payload.call_id)
  if (callId !== null && type === 'exec_command_end')
    return end(callId, exitFailed(payload.exit_code), payload.duration)
  if (callId !== null && type === 'patch_apply_end') {
    return end(callId, typeof payload.success === 'boolean' ? !payload.success : null, payload.duration)
  }
  // A server that refuses says so in the output; that is an answer, not a command that failed.
  if (callId !== null && type === 'mcp_tool_call_end') return end(callId, null, payload.duration)
  const item = type === 'item_completed' && isObject(payload.item) ? payload.item : null
  const itemId = asString(item?.id)
  if (item === null || itemId === null || item.type !== 'CommandExecution') return null
  return end(itemId, exitFailed(item.exit_code), item.duration ?? item.duration_ms)
}

/** True if an output states that its command failed. */
export function outputFailed({ payload }: CodexRecord): boolean {
  const code = exitCodeOf(payload.output)
  return code !== null && code !== 0
}

function end(callId: string, failed: boolean | null, duration: unknown): CallEnd {
  return { callId, failed, durationMs: millisOf(duration) }
}

function exitFailed(code: unknown): boolean | null {
  return typeof code === 'number' ? code !== 0 : null
}
