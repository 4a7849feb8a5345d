// What the records behind a talk hold of Gemini CLI's messages: each in its newest version, in the order in which they came.
import { asString, isObject } from '@/server/transcripts/claude-code-content'
import type { Talk } from './types'

type JsonObject = Record<string, unknown>

export type GeminiMessage = JsonObject & { id: string; type: string }

export type GeminiJournal = {
  messages: Map<string, GeminiMessage>
  /** The whole history that the model was given at some moment, as ids: after a compression a summary and what was kept. */
  histories: string[][]
  /** What the session that was read last is called. */
  summary: string | null
}

export async function readJournal(talk: Talk): Promise<GeminiJournal> {
  const journal: GeminiJournal = { messages: new Map(), histories: [], summary: null }
  for await (const { thread, record } of talk.records()) {
    const { value } = record
    if (thread !== '' || value === null) continue
    const patch = isObject(value.$set) ? value.$set : value
    journal.summary = asString(patch.summary) ?? journal.summary
    if (Array.isArray(patch.messages)) readList(journal, patch.messages, patch !== value)
    else if (isMessage(value)) journal.messages.set(value.id, value)
  }
  return journal
}

/** The parts of a content; a string is one part. */
export function partsOf(content: unknown): JsonObject[] {
  const list = Array.isArray(content) ? content : [content]
  return list.flatMap((part) => (typeof part === 'string' ? [{ text: part }] : isObject(part) ? [part] : []))
}

export function textOf(content: unknown): string {
  return partsOf(content)
    .flatMap((part) => (typeof part.text === 'string' && part.thought !== true ? [part.text] : []))
    .join('\n')
}

export function callsOf(message: GeminiMessage): JsonObject[] {
  return Array.isArray(message.toolCalls) ? message.toolCalls.filter(isObject) : []
}

/** The id of the call that a part answers; null for a part that answers none. */
export function answeredCall({ functionResponse }: JsonObject): string | null {
  return isObject(functionResponse) ? asString(functionResponse.id) : null
}

function readList(journal: GeminiJournal, list: unknown[], isHistory: boolean): void {
  const messages = list.filter(isMessage)
  for (const message of messages) journal.messages.set(message.id, message)
  if (isHistory) journal.histories.push(messages.map(({ id }) => id))
}

function isMessage(value: unknown): value is GeminiMessage {
  return isObject(value) && typeof value.id === 'string' && typeof value.type === 'string'
}
