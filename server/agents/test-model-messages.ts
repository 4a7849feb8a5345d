// The interface “Messages” of Anthropic, as Claude Code uses it.
import { blocksOf, contentText, isObject } from '@/server/transcripts/claude-code-content'
import type { Dialect, HistoryEntry } from './test-model-host'

type JsonObject = Record<string, unknown>

/** What Claude Code tells the model beside what people say. */
const INJECTED = /^\s*<system-reminder>/

export const messages: Dialect = {
  isRequest: (url) => /\/v1\/messages(\?|$)/.test(url),
  // Only the talk itself is offered the tools that change files.
  isAside: (_url, body) =>
    !(Array.isArray(body.tools) ? body.tools : []).some((tool) => isObject(tool) && tool.name === 'Bash'),
  history: (body) => (body.messages as JsonObject[]).flatMap(toEntries),
  pieces({ thinking, text, calls = [] }, serial) {
    const blocks: { block: JsonObject; deltas: JsonObject[] }[] = []
    if (thinking !== undefined) {
      blocks.push({
        block: { type: 'thinking', thinking: '', signature: '' },
        deltas: [
          { type: 'thinking_delta', thinking },
          { type: 'signature_delta', signature: `signed-${serial}` },
        ],
      })
    }
    if (text !== undefined) {
      const deltas = text.split(/(?<= )/).map((word) => ({ type: 'text_delta', text: word }))
      blocks.push({ block: { type: 'text', text: '' }, deltas })
    }
    for (const [index, { name, input }] of calls.entries()) {
      blocks.push({
        block: { type: 'tool_use', id: `toolu_${serial}_${index}`, name, input: {} },
        deltas: [{ type: 'input_json_delta', partial_json: JSON.stringify(input) }],
      })
    }
    const message = {
      id: `msg_${serial}`,
      type: 'message',
      role: 'assistant',
      model: 'test-model',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 100, output_tokens: 1 },
    }
    const delta = { stop_reason: calls.length > 0 ? 'tool_use' : 'end_turn', stop_sequence: null }
    return [
      piece('message_start', { message }),
      ...blocks.flatMap(({ block, deltas }, index) => [
        piece('content_block_start', { index, content_block: block }),
        ...deltas.map((delta) => piece('content_block_delta', { index, delta })),
        piece('content_block_stop', { index }),
      ]),
      piece('message_delta', { delta, usage: { output_tokens: 10 } }),
      piece('message_stop', {}),
    ]
  },
  refusal: () => ({ type: 'error', error: { type: 'authentication_error', message: 'invalid x-api-key' } }),
}

function piece(type: string, data: JsonObject): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
}

function toEntries(message: JsonObject): HistoryEntry[] {
  if (message.role === 'system') return []
  const role = message.role === 'assistant' ? 'assistant' : 'user'
  return blocksOf(message.content).flatMap((block): HistoryEntry[] => {
    switch (block.type) {
      case 'text':
        return INJECTED.test(String(block.text)) ? [] : [[role, String(block.text)]]
      case 'thinking':
        return [['thinking', String(block.thinking), String(block.signature)]]
      case 'tool_use':
        return [['call', String(block.id), String(block.name), block.input]]
      case 'tool_result':
        return [['result', String(block.tool_use_id), contentText(block.content).text]]
      default:
        return [[role, `[${String(block.type)}]`]]
    }
  })
}
