// The interface “Responses” of OpenAI, as Codex uses it.
import { isObject } from '@/server/transcripts/claude-code-content'
import type { Dialect, HistoryEntry } from './test-model-host'

type JsonObject = Record<string, unknown>

/** What Codex tells the model beside what people say. */
const INJECTED = /^<(environment_context|user_instructions|turn_aborted)/

export const responses: Dialect = {
  isRequest: (url) => url.endsWith('/responses'),
  isAside: () => false,
  history: (body) => (body.input as JsonObject[]).flatMap(toEntry),
  pieces({ text, calls = [] }, serial) {
    const items: JsonObject[] = []
    if (text !== undefined) {
      items.push({ type: 'message', id: `msg_${serial}`, role: 'assistant', content: [{ type: 'output_text', text }] })
    }
    for (const [index, { name, input }] of calls.entries()) {
      const id = `${serial}_${index}`
      items.push({
        type: 'function_call',
        id: `fc_${id}`,
        call_id: `call_${id}`,
        name,
        arguments: JSON.stringify(input),
      })
    }
    const usage = { input_tokens: 100, output_tokens: 10, total_tokens: 110 }
    return [
      piece('response.created', { response: { id: serial } }),
      ...items.map((item, index) => piece('response.output_item.done', { output_index: index, item })),
      piece('response.completed', { response: { id: serial, usage } }),
    ]
  },
  refusal: () => ({ error: { message: 'Incorrect API key provided', code: 'invalid_api_key' } }),
}

function piece(type: string, data: JsonObject): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
}

function toEntry(item: JsonObject): HistoryEntry[] {
  if (item.type === 'function_call') {
    return [['call', String(item.call_id), String(item.name), JSON.parse(String(item.arguments))]]
  }
  if (item.type === 'function_call_output') return [['result', String(item.call_id), outputText(item.output)]]
  if (item.type !== 'message' || (item.role !== 'user' && item.role !== 'assistant')) return []
  const text = (item.content as JsonObject[]).map((part) => String(part.text ?? '')).join('\n')
  return INJECTED.test(text) ? [] : [[item.role, text]]
}

function outputText(output: unknown): string {
  if (typeof output === 'string') return output
  return (Array.isArray(output) ? output : [])
    .filter(isObject)
    .map((part) => String(part.text ?? ''))
    .join('\n')
}
