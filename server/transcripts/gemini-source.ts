// Tells from the first records of a Gemini CLI source whose it is. A subagent's file lies in a folder named after the
// session of its parent, and nothing inside names that.

import { asString, isObject } from './claude-code-content'
import { isGeminiDocument, isGeminiHeader, isGeminiPrompt } from './gemini-content'
import { cleanText } from './row-text'
import type { SourceDescription } from './types'

type JsonObject = Record<string, unknown>

const PARENT_FOLDER = /[/\\]chats[/\\]([^/\\]+)[/\\][^/\\]+\.jsonl?$/

export function describeGeminiSource(values: JsonObject[], path: string): SourceDescription {
  const header = values.find(isGeminiHeader) ?? {}
  const messages = values.flatMap((value) =>
    isGeminiDocument(value)
      ? (value.messages as unknown[]).filter(isObject)
      : typeof value.id === 'string'
        ? [value]
        : [],
  )
  const id = cleanText(asString(header.sessionId) ?? '') || null
  const parent = header.kind === 'subagent' ? (PARENT_FOLDER.exec(path)?.[1] ?? null) : null
  return {
    sessionId: parent ?? id,
    thread: parent === null ? '' : (id ?? ''),
    userIds: messages.flatMap((value) => (isGeminiPrompt(value) && typeof value.id === 'string' ? [value.id] : [])),
    forkedFrom: null,
    carriesOutPlan: false,
    firstAt:
      messages.map(({ timestamp }) => asString(timestamp)).find((at) => at !== null) ?? asString(header.startTime),
  }
}
