// What the program itself says in a transcript: which of it is worth a line to a person, and in which words.

import { asNumber, asString, classifyUserText, contentText, type HumanText, isObject } from './claude-code-content'
import { subtypeOf } from './claude-code-records'

type JsonObject = Record<string, unknown>

export type Notice = HumanText & { isError: boolean }

const HIDDEN: Notice = { kind: 'hidden', subtype: null, text: '', isError: false }

function notice(subtype: string, text: string, isError = false): Notice {
  return { kind: 'notice', subtype, text, isError }
}

/** The line of a `system` record; `hidden` when it is only of use to the program. */
export function systemNotice(value: JsonObject): Notice {
  const subtype = subtypeOf(value) ?? ''
  const content = asString(value.content) ?? ''
  switch (subtype) {
    case 'compact_boundary':
      return notice(subtype, content || 'Conversation compacted')
    case 'microcompact_boundary':
      return notice(subtype, content || 'Context microcompacted')
    case 'api_error':
      return notice(subtype, apiErrorText(value), true)
    case 'local_command':
      return { ...classifyUserText(content), isError: false }
    case 'stop_hook_summary':
      return stopHookNotice(value)
    case 'away_summary':
    case 'bridge_status':
    case 'informational':
      return notice(subtype, content, value.level === 'error')
    default:
      return HIDDEN
  }
}

/** The line of an `attachment` record. Queued prompts and commands come out as what they are. */
export function attachmentNotice(attachment: JsonObject): Notice {
  if (attachment.type === 'queued_command') {
    const { text } = contentText(attachment.prompt)
    if (attachment.commandMode === 'prompt') return { kind: 'prompt', subtype: 'queued', text, isError: false }
    if (attachment.commandMode === 'bash')
      return { kind: 'command', subtype: 'shell', text: `! ${text}`, isError: false }
    const marked = classifyUserText(text)
    return marked.kind === 'prompt' ? notice('queued', text) : { ...marked, isError: false }
  }
  if (attachment.type === 'hook_non_blocking_error') {
    const hook = asString(attachment.hookName) ?? asString(attachment.hookEvent) ?? 'Hook'
    const said = (asString(attachment.stderr) || asString(attachment.stdout) || '').trim()
    const code = asNumber(attachment.exitCode)
    return notice(
      'hook_error',
      `${hook} failed${code === null ? '' : ` (exit code ${code})`}${said && `: ${said}`}`,
      true,
    )
  }
  return HIDDEN
}

function stopHookNotice(value: JsonObject): Notice {
  const errors = Array.isArray(value.hookErrors) ? value.hookErrors.map(errorText).filter((text) => text !== '') : []
  if (value.preventedContinuation === true) {
    const reason = asString(value.stopReason) ?? ''
    return notice('stop_hook', ['A stop hook ended the turn', reason, ...errors].filter(Boolean).join('\n'))
  }
  return errors.length === 0 ? HIDDEN : notice('hook_error', errors.join('\n'), true)
}

function apiErrorText(value: JsonObject): string {
  const said = errorText(value.error) || 'The request to the model failed'
  const attempt = asNumber(value.retryAttempt)
  if (attempt === null) return said
  const most = asNumber(value.maxRetries)
  return `${said} (try ${attempt}${most === null ? '' : ` of ${most}`})`
}

function errorText(error: unknown, depth = 0): string {
  if (typeof error === 'string') return error
  if (!isObject(error)) return ''
  const said = asString(error.formatted) ?? asString(error.message)
  if (said) return said
  const inner = depth < 4 ? errorText(error.error, depth + 1) : ''
  const status = asNumber(error.status)
  return [status === null ? '' : `HTTP ${status}`, inner].filter(Boolean).join(': ')
}
