// What the program itself says in a Codex transcript: which of it is worth a line to a person, and in which words.

import { asString, isObject, tagText } from './claude-code-content'
import { injectedKind, parseObject, partsText } from './codex-content'
import type { CodexRecord } from './codex-records'

export type CodexNotice = { subtype: string; text: string; isError: boolean }

function notice(subtype: string, text: string, isError = false): CodexNotice {
  return { subtype, text, isError }
}

/** The line of an event; null when it is only of use to the program, or another record says the same. */
export function eventNotice({ type, payload }: CodexRecord): CodexNotice | null {
  const message = asString(payload.message) ?? ''
  switch (type) {
    case 'turn_aborted': {
      const reason = asString(payload.reason) ?? 'interrupted'
      return notice('interrupt', reason === 'interrupted' ? 'Interrupted by the user' : `The turn ended: ${reason}`)
    }
    case 'task_complete': {
      const error = isObject(payload.error) ? asString(payload.error.message) : null
      return error === null ? null : notice('api_error', error, true)
    }
    case 'error':
    case 'stream_error':
      return notice('api_error', message || 'The request to the model failed', true)
    case 'warning':
    case 'guardian_warning':
    case 'deprecation_notice':
    case 'background_event':
      return message === '' ? null : notice(type, message)
    case 'entered_review_mode':
      return notice('review', ['Review begun', asString(payload.user_facing_hint) ?? ''].filter(Boolean).join(': '))
    case 'exited_review_mode': {
      const output = isObject(payload.review_output) ? payload.review_output : {}
      return notice('review', ['Review ended', asString(output.overall_explanation) ?? ''].filter(Boolean).join(': '))
    }
    default:
      return null
  }
}

/** The line of words that the program put in the place of the user; `context:` is what the model was told beside them. */
export function injectedNotice(text: string): CodexNotice | null {
  const kind = injectedKind(text)
  if (kind === null) return notice('context:other', text)
  // The event beside it says the same.
  if (kind === 'turn_aborted') return null
  if (kind === 'subagent_notification') return notice('task_notification', notificationText(text))
  return notice(`context:${kind}`, text)
}

/** Which subagent a notification speaks of and what it ended with; null for other texts. */
export function readSubagentNotification(text: string): { agent: string; ended: boolean; said: string } | null {
  if (injectedKind(text) !== 'subagent_notification') return null
  const value = parseObject(tagText(text, 'subagent_notification'))
  const agent = asString(value?.agent_path) ?? asString(value?.agent_id)
  const status = isObject(value?.status) ? value.status : {}
  const said = Object.values(status).find((item): item is string => typeof item === 'string') ?? ''
  const isDone = 'completed' in status || 'errored' in status || 'failed' in status
  return agent === null ? null : { agent, ended: isDone || value?.status === 'shutdown', said }
}

function notificationText(text: string): string {
  const said = readSubagentNotification(text)
  if (said === null) return text
  return said.said === '' ? `Subagent ${said.agent}` : `A subagent ended: ${said.said}`
}

/** Mail between agents, as one line of its head and its text. */
export function mailText({ payload }: CodexRecord): string {
  const from = asString(payload.author) ?? 'an agent'
  const to = asString(payload.recipient) ?? 'an agent'
  return `${from} → ${to}\n${partsText(payload.content).text}`
}
