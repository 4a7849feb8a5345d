// Reads what `claude -p --output-format stream-json` prints, and writes what it is answered.
import { asNumber, asString, blocksOf, isObject } from '@/server/transcripts/claude-code-content'
import { ClaudeCodeQuestions } from './claude-code-questions'
import { parseLine } from './codex-stream'
import type { AgentEvent, AgentStream } from './types'

type JsonObject = Record<string, unknown>

/** A reader for one turn. Subagents are silent here: their talk is in files of their own. */
export function createClaudeCodeStream(): AgentStream {
  return new ClaudeCodeStream()
}

class ClaudeCodeStream implements AgentStream {
  private readonly questions = new ClaudeCodeQuestions()
  private readonly calls = new Map<string, { name: string; input: unknown }>()
  private interrupted = false

  read(line: string): AgentEvent[] {
    const value = parseLine(line)
    if (value === null) return []
    const isSubagent = typeof value.parent_tool_use_id === 'string'
    switch (value.type) {
      case 'system':
        return value.subtype === 'init' && typeof value.session_id === 'string'
          ? [{ type: 'session', sessionId: value.session_id, model: asString(value.model) }]
          : []
      case 'stream_event':
        return isSubagent ? [] : readDelta(value.event)
      case 'assistant':
      case 'user':
        return isSubagent ? [{ type: 'recorded' }] : [...this.readTools(value.message), { type: 'recorded' }]
      case 'control_request':
        return this.questions.read(value)
      case 'control_cancel_request':
        this.questions.forget(asString(value.request_id) ?? '')
        return []
      case 'result':
        return [{ type: 'recorded' }, this.readResult(value)]
      default:
        return []
    }
  }

  answer(requestId: string, optionId: string): string {
    return this.questions.answer(requestId, optionId)
  }

  interrupt(): string {
    this.interrupted = true
    const request = { type: 'control_request', request_id: 'interrupt', request: { subtype: 'interrupt' } }
    return `${JSON.stringify(request)}\n`
  }

  private readTools(message: unknown): AgentEvent[] {
    const content = isObject(message) ? message.content : null
    return blocksOf(content).flatMap((block): AgentEvent[] => {
      if (block.type === 'tool_use' && typeof block.id === 'string') {
        const call = { name: asString(block.name) ?? '', input: block.input }
        this.calls.set(block.id, call)
        return [{ type: 'tool', toolId: block.id, ...call, state: 'started' }]
      }
      if (block.type !== 'tool_result' || typeof block.tool_use_id !== 'string') return []
      const call = this.calls.get(block.tool_use_id) ?? { name: '', input: null }
      this.calls.delete(block.tool_use_id)
      return [{ type: 'tool', toolId: block.tool_use_id, ...call, state: 'ended' }]
    })
  }

  private readResult(value: JsonObject): AgentEvent {
    const ok = value.is_error !== true && value.subtype === 'success' && !this.interrupted
    const error = ok ? null : this.interrupted ? 'The turn was interrupted.' : describeFailure(value)
    const advice = error === null ? null : adviseOnClaudeCodeError(error)
    return { type: 'turn_ended', ok, error, costUsd: asNumber(value.total_cost_usd), advice }
  }
}

function readDelta(event: unknown): AgentEvent[] {
  if (!isObject(event) || event.type !== 'content_block_delta' || !isObject(event.delta)) return []
  const { type, text, thinking } = event.delta
  if (type === 'text_delta' && typeof text === 'string') return [{ type: 'delta', kind: 'text', text }]
  if (type === 'thinking_delta' && typeof thinking === 'string') {
    return [{ type: 'delta', kind: 'thinking', text: thinking }]
  }
  return []
}

function describeFailure(value: JsonObject): string {
  if (value.subtype === 'error_max_turns') return 'The limit of turns is reached.'
  if (value.subtype === 'error_max_budget_usd') return 'The limit of cost is reached.'
  const said = asString(value.result) || (Array.isArray(value.errors) ? value.errors.map(String).join('\n') : '')
  return said || 'Claude Code gave no reason.'
}

/** What a person must do first, from the words of an error; null when nothing is known. */
export function adviseOnClaudeCodeError(error: string): string | null {
  if (/not logged in|\/login|invalid (x-)?api[ -]key|authentication_error|\b401\b/i.test(error)) {
    return 'Claude Code is not logged in. Run “claude” in a terminal and type /login, then send the prompt again.'
  }
  if (/credit balance/i.test(error)) return 'The account has no credit left. Add some, then send the prompt again.'
  if (/No conversation found/i.test(error)) {
    return 'The session is no longer there. Resume the task once more: its session is written anew.'
  }
  if (/limit of turns/.test(error)) return 'Resume the task to let it go on, or raise the limit.'
  return null
}
