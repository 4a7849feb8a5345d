// What OpenCode's documents hold: a session, its messages, and their parts; with their texts, times and tokens.

import { asNumber, asString, isObject } from './claude-code-content'
import { documentIds } from './document-ids'
import type { Usage } from './types'

type JsonObject = Record<string, unknown>

export type OpenCodeMessage = {
  /** The same for this message in every version of the document. */
  key: string
  info: JsonObject
  parts: { key: string; part: JsonObject }[]
}

const PARTS = new Set([
  'text',
  'reasoning',
  'tool',
  'file',
  'step-start',
  'step-finish',
  'snapshot',
  'patch',
  'agent',
  'subtask',
  'retry',
  'compaction',
])
const MOST_TOKENS = 2 ** 40
const LAST_TIME = Date.UTC(9999, 11, 31)

/** True if the value is a session as `opencode export` writes it. */
export function isOpenCodeDocument(value: JsonObject): boolean {
  const { info, messages } = value
  return (
    isObject(info) && asString(info.id)?.startsWith('ses_') === true && Array.isArray(messages) && isObject(info.time)
  )
}

/** The messages of a document in order; odd ones are kept with what they have. */
export function messagesOf(value: JsonObject): OpenCodeMessage[] {
  const list = (Array.isArray(value.messages) ? value.messages : []).map((item) => (isObject(item) ? item : {}))
  const infos = list.map((item) => (isObject(item.info) ? item.info : {}))
  const keys = documentIds(infos.map((info) => asString(info.id)))
  return infos.map((info, index) => {
    const parts = list[index]?.parts
    const objects = Array.isArray(parts) ? parts.filter(isObject) : []
    const names = documentIds(objects.map((part) => asString(part.id)))
    return {
      key: keys[index] as string,
      info,
      parts: objects.map((part, at) => ({ key: names[at] as string, part })),
    }
  })
}

/** `message:foo` or `part:foo` for a kind that is not known, null for known ones. */
export function unknownOpenCodeRole(info: JsonObject): string | null {
  const role = asString(info.role) ?? ''
  return role === 'user' || role === 'assistant' ? null : `message:${role.slice(0, 60)}`
}

export function unknownOpenCodePart(part: JsonObject): string | null {
  const type = asString(part.type) ?? ''
  return PARTS.has(type) ? null : `part:${type.slice(0, 60)}`
}

/** What a person wrote into a message: texts, files, a command for a subagent; not what the program added. */
export function promptOf({ info, parts }: OpenCodeMessage): { text: string; leftOut: boolean } | null {
  if (info.role !== 'user') return null
  let leftOut = false
  const texts = parts.flatMap(({ part }) => {
    if (part.type === 'text') return part.synthetic === true || part.ignored === true ? [] : [asString(part.text) ?? '']
    if (part.type === 'subtask') return [asString(part.prompt) ?? '']
    if (part.type !== 'file') return []
    leftOut ||= asString(part.url)?.startsWith('data:') === true
    return [`[file ${asString(part.filename) ?? asString(part.mime) ?? ''}]`]
  })
  return texts.length === 0 ? null : { text: texts.join('\n'), leftOut }
}

/** The state of a tool part: its input, what it answered, whether it has ended. */
export function toolState(part: JsonObject) {
  const state = isObject(part.state) ? part.state : {}
  const metadata = isObject(state.metadata) ? state.metadata : {}
  const time = isObject(state.time) ? state.time : {}
  const [start, end] = [timeOf(time.start), timeOf(time.end)]
  const isError = state.status === 'error'
  return {
    input: state.input ?? null,
    ended: isError || state.status === 'completed',
    isError,
    text: asString(isError ? state.error : state.output) ?? '',
    durationMs: start === null || end === null ? null : Math.max(0, end - start),
    childId: asString(metadata.sessionId) ?? asString(metadata.sessionID),
    leftOut: Array.isArray(state.attachments) && state.attachments.length > 0,
  }
}

/** Tokens of a model's message; what came from the cache is not in `input`, and reasoning is in neither. */
export function openCodeUsage(info: JsonObject): Usage {
  const counts = isObject(info.tokens) ? info.tokens : {}
  const cache = isObject(counts.cache) ? counts.cache : {}
  return {
    input: tokens(counts.input),
    output: tokens(counts.output),
    cacheRead: tokens(cache.read),
    cacheWrite: tokens(cache.write),
  }
}

/**
 * Tokens of reasoning that are not in `output`: newer releases name them apart, older ones only besides. What the message
 * says in total tells which.
 */
export function reasoningApart(info: JsonObject): number {
  const counts = isObject(info.tokens) ? info.tokens : {}
  const { input, output, cacheRead, cacheWrite } = openCodeUsage(info)
  const isIncluded = counts.total === input + output + cacheRead + cacheWrite
  return isIncluded ? 0 : tokens(counts.reasoning)
}

/** US dollars that OpenCode worked out; null where it says 0, as it does for models of a subscription. */
export function openCodeCost(info: JsonObject): number | null {
  const cost = asNumber(info.cost)
  return cost !== null && cost > 0 ? cost : null
}

/** Milliseconds since 1970 as OpenCode writes times; null when it is none. */
export function timeOf(value: unknown): number | null {
  const time = asNumber(value)
  return time !== null && time > 0 && time < LAST_TIME ? Math.floor(time) : null
}

export function timesOf(info: JsonObject): { created: number | null; completed: number | null } {
  const time = isObject(info.time) ? info.time : {}
  return { created: timeOf(time.created), completed: timeOf(time.completed) }
}

/** What an error says, and whether it is only that a person stopped the agent; null when there is none. */
export function errorOf(info: JsonObject): { text: string; isAbort: boolean } | null {
  if (!isObject(info.error)) return null
  const name = asString(info.error.name) ?? 'Error'
  const data = isObject(info.error.data) ? info.error.data : {}
  const said = asString(data.message) ?? asString(info.error.message)
  return { text: said ? `${name}: ${said}` : name, isAbort: name === 'MessageAbortedError' }
}

function tokens(value: unknown): number {
  return Math.min(Math.max(0, Math.floor(asNumber(value) ?? 0)), MOST_TOKENS)
}
