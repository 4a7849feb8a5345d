// What Gemini CLI's messages say: their parts as text, their results, their tokens, their kind.

import { asNumber, asString, isObject } from './claude-code-content'
import { stringifyJson } from './row-text'
import type { Usage } from './types'

/** Beside the folder of chats: the path of the folder of work that they belong to. */
export const OWNER_FILE = '.project_root'

type JsonObject = Record<string, unknown>

const MESSAGES = new Set(['user', 'gemini', 'info', 'warning', 'error'])
const MOST_TOKENS = 2 ** 40

/** The whole of a session as one JSON document, as older releases write it. */
export function isGeminiDocument(value: JsonObject): boolean {
  return isGeminiHeader(value) && Array.isArray(value.messages)
}

/** What a session says of itself: the head of a document, the first line of a journal. */
export function isGeminiHeader(value: JsonObject): boolean {
  return typeof value.sessionId === 'string' && typeof value.projectHash === 'string' && typeof value.id !== 'string'
}

/** True if the value is surely of Gemini CLI: a header or a document, or a message of the model in a journal. */
export function isGeminiRecord(value: JsonObject): boolean {
  if (isGeminiHeader(value)) return typeof value.startTime === 'string' || Array.isArray(value.messages)
  return value.type === 'gemini' && typeof value.id === 'string' && typeof value.timestamp === 'string'
}

/** `record:foo` or `message:foo` for a kind that is not known, null for known ones. */
export function unknownGeminiKind(value: JsonObject): string | null {
  if (typeof value.$rewindTo === 'string' || isObject(value.$set) || isGeminiHeader(value)) return null
  const type = asString(value.type)
  if (typeof value.id === 'string' && type !== null) return MESSAGES.has(type) ? null : `message:${type.slice(0, 60)}`
  return `record:${(type ?? Object.keys(value)[0] ?? '').slice(0, 60)}`
}

/** The parts of a content; a string is one part. */
export function partsOf(content: unknown): JsonObject[] {
  if (typeof content === 'string') return [{ text: content }]
  const list = Array.isArray(content) ? content : [content]
  return list.flatMap((part) => (typeof part === 'string' ? [{ text: part }] : isObject(part) ? [part] : []))
}

/** Texts and what stands for pictures and files; `leftOut` says that bytes are only in the source. */
export function partsText(parts: JsonObject[]): { text: string; leftOut: boolean } {
  let leftOut = false
  const texts = parts.flatMap((part) => {
    if (typeof part.text === 'string') return part.thought === true ? [] : [part.text]
    const media = isObject(part.inlineData) ? part.inlineData : isObject(part.fileData) ? part.fileData : null
    if (media === null) return []
    leftOut = true
    return [`[${asString(media.mimeType) ?? 'file'}]`]
  })
  return { text: texts.join('\n'), leftOut }
}

/** The results in a content, each with the id of its call. */
export function responsesOf(content: unknown): { id: string; response: JsonObject }[] {
  return partsOf(content).flatMap(({ functionResponse }) =>
    isObject(functionResponse) && typeof functionResponse.id === 'string'
      ? [{ id: functionResponse.id, response: functionResponse }]
      : [],
  )
}

/** What a tool answered, in the words that the model got. */
export function responseText(functionResponse: JsonObject): { text: string; isError: boolean } {
  const { response } = functionResponse
  if (!isObject(response)) return { text: asString(response) ?? '', isError: false }
  const error = asString(response.error)
  if (error !== null) return { text: error, isError: true }
  const text = asString(response.output) ?? asString(response.content)
  return { text: text ?? stringifyJson(response, Number.POSITIVE_INFINITY).text, isError: false }
}

/** What the program tells its model by itself at the start of each session, in the place of the user. */
export function isGeminiContext(value: JsonObject): boolean {
  return value.type === 'user' && /^\s*<(session|hook)_context>/.test(partsText(partsOf(value.content)).text)
}

/** Whether a message of type `user` is a person's: one that only brings results of tools is not. */
export function isGeminiPrompt(value: JsonObject): boolean {
  if (value.type !== 'user' || isGeminiContext(value)) return false
  const parts = partsOf(value.content)
  return !parts.some((part) => isObject(part.functionResponse)) || partsText(parts).text.trim() !== ''
}

/** What a prompt shows: the words that were typed when they are kept beside what the model got. */
export function promptText(value: JsonObject): { text: string; leftOut: boolean } {
  const typed = partsText(partsOf(value.displayContent))
  return typed.text.trim() === '' ? partsText(partsOf(value.content)) : typed
}

export function toolCallsOf(value: JsonObject): JsonObject[] {
  return Array.isArray(value.toolCalls) ? value.toolCalls.filter(isObject) : []
}

/** A call that ended without doing its work. A call that a person refused counts among them. */
export function hasFailed(call: JsonObject): boolean {
  return call.status === 'error' || call.status === 'cancelled'
}

/** What a call gave back, in the words that the model got; `isGiven` is false while it has not ended. */
export function callAnswer(call: JsonObject) {
  const parts = partsOf(call.result)
  const said = parts.flatMap(({ functionResponse }) =>
    isObject(functionResponse) ? [responseText(functionResponse)] : [],
  )
  const others = partsText(parts)
  return {
    isGiven: said.length > 0,
    text: [...said.map(({ text }) => text), others.text].filter((text) => text !== '').join('\n'),
    isError: hasFailed(call) || said.some(({ isError }) => isError),
    leftOut: others.leftOut,
  }
}

/** Thoughts have a heading and a text each. */
export function thoughtText(thoughts: unknown): string {
  if (!Array.isArray(thoughts)) return ''
  return thoughts
    .filter(isObject)
    .map(({ subject, description }) =>
      [asString(subject) ? `**${asString(subject)}**` : '', asString(description) ?? ''].filter(Boolean).join('\n'),
    )
    .filter((text) => text !== '')
    .join('\n\n')
}

/**
 * The tokens of a message. `input` is the whole prompt, also the part that came from the cache (`cacheRead`);
 * thoughts are in neither `output` nor `input`. Null when the message names none.
 */
export function geminiUsage(value: JsonObject): Usage | null {
  if (!isObject(value.tokens)) return null
  const { input, output, cached } = value.tokens
  return { input: tokens(input), output: tokens(output), cacheRead: tokens(cached), cacheWrite: 0 }
}

/** Tokens that the model produced by thinking; they are paid for like its output. */
export function geminiThoughts(value: JsonObject): number {
  return isObject(value.tokens) ? tokens(value.tokens.thoughts) : 0
}

function tokens(value: unknown): number {
  return Math.min(Math.max(0, Math.floor(asNumber(value) ?? 0)), MOST_TOKENS)
}
