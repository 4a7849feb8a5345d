// Reads what `codex exec --json` prints.
import { asString, isObject } from '@/server/transcripts/claude-code-content'
import type { AgentEvent, AgentStream } from './types'

type JsonObject = Record<string, unknown>

/** A reader for one turn. Codex prints whole items, no pieces of a text. */
export function createCodexStream(): AgentStream {
  let problem: string | null = null
  return {
    read(line) {
      const event = parseLine(line)
      if (event === null) return []
      switch (event.type) {
        case 'thread.started':
          return typeof event.thread_id === 'string'
            ? [{ type: 'session', sessionId: event.thread_id, model: null }]
            : []
        case 'item.started':
        case 'item.completed':
          return isObject(event.item) ? readItem(event.item, event.type === 'item.completed') : []
        // Also said while Codex tries again; only `turn.failed` is an end.
        case 'error':
          problem = asString(event.message)
          return []
        case 'turn.completed':
          return [{ type: 'recorded' }, { type: 'turn_ended', ok: true, error: null, costUsd: null, advice: null }]
        case 'turn.failed': {
          const said =
            (isObject(event.error) ? asString(event.error.message) : null) ?? problem ?? 'Codex gave no reason.'
          const advice = adviseOnCodexError(said)
          return [{ type: 'recorded' }, { type: 'turn_ended', ok: false, error: said, costUsd: null, advice }]
        }
        default:
          return []
      }
    },
  }
}

/** One line of output as an object; null when it is none. */
export function parseLine(line: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

/** What a person must do first, from the words of an error; null when nothing is known. */
export function adviseOnCodexError(error: string): string | null {
  const variable = /Missing environment variable: `([^`]+)`/.exec(error)?.[1]
  if (variable !== undefined) return `Set ${variable} where Makima is started, then send the prompt again.`
  if (/\b401\b|unauthorized|not logged in|log ?in again|refresh token|invalid_api_key/i.test(error)) {
    return 'Codex is not logged in. Run “codex login” in a terminal, then send the prompt again.'
  }
  if (/active writer/i.test(error))
    return 'This session is open in another Codex. Close it there, then send the prompt again.'
  return null
}

function readItem(item: JsonObject, ended: boolean): AgentEvent[] {
  const id = asString(item.id) ?? ''
  const events: AgentEvent[] = ended ? [{ type: 'recorded' }] : []
  const call = toolOf(item)
  if (call === null) return events
  return [{ type: 'tool', toolId: id, ...call, state: ended ? 'ended' : 'started' }, ...events]
}

function toolOf(item: JsonObject): { name: string; input: unknown } | null {
  switch (item.type) {
    case 'command_execution':
      return { name: 'exec_command', input: { cmd: item.command } }
    case 'file_change':
      return { name: 'apply_patch', input: { changes: item.changes } }
    case 'mcp_tool_call':
      return { name: `${asString(item.server) ?? ''}.${asString(item.tool) ?? ''}`, input: item.arguments }
    case 'web_search':
      return { name: 'web_search', input: { query: item.query } }
    default:
      return null
  }
}
