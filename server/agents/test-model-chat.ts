// The interface “Chat Completions” of OpenAI, as OpenCode uses it.
import { isObject } from '@/server/transcripts/claude-code-content'
import type { Dialect, HistoryEntry } from './test-model-host'

type JsonObject = Record<string, unknown>

export const chat: Dialect = {
  isRequest: (url) => url.endsWith('/chat/completions'),
  // Only a turn is offered tools: titles are made without.
  isAside: (_, body) => body.tools === undefined,
  history: (body) => (body.messages as JsonObject[]).flatMap(toEntries),
  pieces({ text, calls = [] }, serial) {
    const tools = calls.map(({ name, input }, index) => ({
      index,
      id: `call_${serial}_${index}`,
      type: 'function',
      function: { name, arguments: JSON.stringify(input) },
    }))
    return [
      ...((text ?? '').match(/\S+\s*/g)?.map((word) => piece(serial, { content: word })) ?? []),
      ...tools.map((tool) => piece(serial, { tool_calls: [tool] })),
      piece(serial, {}, tools.length > 0 ? 'tool_calls' : 'stop'),
      'data: [DONE]\n\n',
    ]
  },
  refusal: () => ({ error: { message: 'Incorrect API key provided', code: 'invalid_api_key' } }),
}

function piece(id: string, delta: JsonObject, finish?: string): string {
  const choice = { index: 0, delta: { role: 'assistant', ...delta }, finish_reason: finish ?? null }
  const usage = finish === undefined ? null : { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 }
  return `data: ${JSON.stringify({ id, object: 'chat.completion.chunk', created: 1, model: 'm', choices: [choice], usage })}\n\n`
}

function toEntries(message: JsonObject): HistoryEntry[] {
  const text = textOf(message.content)
  if (message.role === 'tool') return [['result', String(message.tool_call_id), text]]
  if (message.role === 'user') return [['user', text]]
  if (message.role !== 'assistant') return []
  const calls = (Array.isArray(message.tool_calls) ? message.tool_calls : []).filter(isObject)
  return [
    ...(text === '' ? [] : [['assistant', text] as HistoryEntry]),
    ...calls.map((call): HistoryEntry => {
      const { name, arguments: input } = call.function as { name: string; arguments: string }
      return ['call', String(call.id), name, JSON.parse(input)]
    }),
  ]
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  return (Array.isArray(content) ? content : [])
    .filter(isObject)
    .map((part) => String(part.text ?? ''))
    .join('\n')
}
