// The interface of the Gemini API, as Gemini CLI uses it.
import { isObject } from '@/server/transcripts/claude-code-content'
import type { Dialect, HistoryEntry } from './test-model-host'

type JsonObject = Record<string, unknown>

/** What Gemini CLI tells the model beside what people say. */
const INJECTED = /^\s*<session_context>/

export const generateContent: Dialect = {
  isRequest: (url) => /:(stream)?generateContent/i.test(url),
  // Only a turn is streamed and offered tools.
  isAside: (url, body) => !url.includes('stream') || body.tools === undefined,
  history: (body) => (body.contents as JsonObject[]).flatMap(toEntries),
  pieces({ text, calls = [] }) {
    const words = (text?.match(/\S+\s*/g) ?? []).map((word) => ({ text: word }))
    const parts = [...words, ...calls.map(({ name, input }) => ({ functionCall: { name, args: input } }))]
    return parts.map((part, index) => piece(part, index === parts.length - 1))
  },
  refusal: (status) => ({ error: { code: status, message: 'API key not valid', status: 'UNAUTHENTICATED' } }),
}

function piece(part: JsonObject, isLast: boolean): string {
  const candidate = { content: { role: 'model', parts: [part] }, index: 0, ...(isLast && { finishReason: 'STOP' }) }
  const usageMetadata = { promptTokenCount: 100, candidatesTokenCount: 10, totalTokenCount: 110 }
  return `data: ${JSON.stringify({ candidates: [candidate], usageMetadata, modelVersion: 'test' })}\r\n\r\n`
}

function toEntries({ role, parts }: JsonObject): HistoryEntry[] {
  const entries: HistoryEntry[] = []
  for (const part of (Array.isArray(parts) ? parts : []).filter(isObject)) {
    const { text, functionCall, functionResponse } = part
    const last = entries.at(-1)
    if (typeof text === 'string' && part.thought !== true) {
      if (INJECTED.test(text)) continue
      if (last !== undefined && last[0] === (role === 'model' ? 'assistant' : 'user')) last[1] += text
      else entries.push([role === 'model' ? 'assistant' : 'user', text])
    }
    if (isObject(functionCall)) {
      entries.push(['call', String(functionCall.id), String(functionCall.name), functionCall.args])
    }
    if (isObject(functionResponse)) entries.push(['result', String(functionResponse.id), outputOf(functionResponse)])
  }
  return entries
}

function outputOf({ response }: JsonObject): string {
  const { output, error } = isObject(response) ? response : { output: response, error: undefined }
  return String(output ?? error)
}
