// What the records of an ACP journal mean. Makima writes the journal itself (agents/acp-journal.ts), since the protocol has
// no transcript: one JSON object a line, `type` first. `session` opens it, `prompt` is what a person said, `message` and
// `thought` are what the agent said, `update` is an update of the protocol as it came, `turn` ends a turn, `lost` says that
// the agent does not know the session any more.

import { asNumber, asString, isObject } from './claude-code-content'
import { stringifyJson } from './row-text'
import type { Usage } from './types'

type JsonObject = Record<string, unknown>

/** Stands in the first record of every journal. */
export const ACP_JOURNAL = 'makima-acp-1'

/** The folder of the journals in Makima's data folder. */
export const ACP_FOLDER = 'acp'

export function isAcpHeader(value: JsonObject): boolean {
  return value.type === 'session' && value.journal === ACP_JOURNAL
}

/** An update about a tool call: the first of a call and the later ones have the same form. */
export function toolUpdateOf(value: JsonObject): JsonObject | null {
  const update = updateOf(value)
  return update?.sessionUpdate === 'tool_call' || update?.sessionUpdate === 'tool_call_update' ? update : null
}

export function updateOf(value: JsonObject): JsonObject | null {
  return value.type === 'update' && isObject(value.update) ? value.update : null
}

/** Updates that change what a client offers, not what was said. */
const SILENT = new Set([
  'available_commands_update',
  'current_mode_update',
  'config_option_update',
  'session_info_update',
  'usage_update',
  'user_message_chunk',
])

/** Whether an update says nothing that a person reads: it may come in the middle of a message. */
export const isSilent = (update: JsonObject): boolean => SILENT.has(asString(update.sessionUpdate) ?? '')

/** The name under which a record that no row is known for is counted and shown; null for a known one. */
export function unknownAcpKind(value: JsonObject): string | null {
  if (['session', 'prompt', 'message', 'thought', 'turn', 'lost'].includes(asString(value.type) ?? '')) return null
  const update = updateOf(value)
  if (update === null) return `record:${asString(value.type) ?? ''}`
  const kind = asString(update.sessionUpdate) ?? ''
  return toolUpdateOf(value) || isSilent(update) || noticeOf(value) !== null ? null : `update:${kind}`
}

/** What a plan or a notice of the agent says to a person. */
export function noticeOf(value: JsonObject): { subtype: string; text: string } | null {
  const update = updateOf(value)
  if (update?.sessionUpdate === 'plan' && Array.isArray(update.entries)) {
    const entries = update.entries.filter(isObject)
    return {
      subtype: 'plan',
      text: entries.map((entry) => `${MARKS[String(entry.status)] ?? '-'} ${asString(entry.content) ?? ''}`).join('\n'),
    }
  }
  const text = update?.sessionUpdate === 'notice' ? (asString(update.message) ?? asString(update.text)) : null
  return text === null ? null : { subtype: 'notice', text }
}

const MARKS: Record<string, string> = { completed: '[x]', in_progress: '[~]', pending: '[ ]' }

export type AcpCall = {
  name: string
  input: unknown
  /** Null while the call has no answer. */
  outcome: { text: string; isError: boolean } | null
}

/** What an update adds to what is known of its call. */
export function mergeCall(known: AcpCall | undefined, update: JsonObject): AcpCall {
  const title = firstLine(asString(update.title))
  const name = known?.name || asString(update.name) || title || asString(update.kind) || ''
  return { name, input: inputOf(update) ?? known?.input ?? null, outcome: outcomeOf(update) ?? known?.outcome ?? null }
}

/** Agents that give no input say in the title, the places and the changes what they do. */
function inputOf(update: JsonObject): unknown {
  const { rawInput } = update
  if (isObject(rawInput) ? Object.keys(rawInput).length > 0 : rawInput !== undefined && rawInput !== null)
    return rawInput
  const changes = contentOf(update)
    .filter((item) => item.type === 'diff')
    .map(({ path, oldText, newText }) => ({ path, oldText, newText }))
  if (changes.length > 0) return changes.length === 1 ? changes[0] : { changes }
  const places = (Array.isArray(update.locations) ? update.locations : []).filter(isObject).map(({ path }) => path)
  const title = asString(update.title)
  return title === null && places.length === 0
    ? null
    : { ...(title !== null && { title }), ...(places.length > 0 && { places }) }
}

export function outcomeOf(update: JsonObject): AcpCall['outcome'] {
  if (update.status !== 'completed' && update.status !== 'failed') return null
  const said = contentOf(update)
    .map((item) => (isObject(item.content) ? asString(item.content.text) : null))
    .filter((text) => text !== null)
  return { text: said.length > 0 ? said.join('\n') : rawText(update.rawOutput), isError: update.status === 'failed' }
}

function rawText(output: unknown): string {
  if (typeof output === 'string') return output
  if (isObject(output)) {
    const text = asString(output.output) ?? asString(output.error) ?? asString(output.message)
    if (text !== null) return text
  }
  return output === undefined || output === null ? '' : stringifyJson(output, Number.POSITIVE_INFINITY).text
}

function contentOf(update: JsonObject): JsonObject[] {
  return Array.isArray(update.content) ? update.content.filter(isObject) : []
}

function firstLine(text: string | null): string {
  return (text ?? '').split('\n', 1)[0]?.slice(0, 100) ?? ''
}

/** Tokens of a turn, where the agent says them; `input` is what did not come from the cache. */
export function acpUsage(value: JsonObject): Usage | null {
  const { usage } = value
  if (!isObject(usage)) return null
  const take = (name: string) => Math.max(0, asNumber(usage[name]) ?? 0)
  const tokens = {
    input: take('inputTokens'),
    output: take('outputTokens') + take('thoughtTokens'),
    cacheRead: take('cachedReadTokens'),
    cacheWrite: take('cachedWriteTokens'),
  }
  return Object.values(tokens).some((count) => count > 0) ? tokens : null
}
