// A talk as it is read from journals of Gemini CLI, for tests.
import { isGeminiContext } from '@/server/transcripts/gemini-content'
import { parseTime } from '@/server/transcripts/iso-time'
import { answeredCall, callsOf, type GeminiMessage, partsOf, textOf } from './gemini-journal'
import { row, talkOf } from './test-talk'
import type { Talk, TalkRow } from './types'

export type GeminiRecords = Record<string, unknown>[]

export function parseJournal(text: string): GeminiRecords {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

/** `isInForce` cuts the rows of all journals, in the order in which they are given; a message is known by its id. */
export function talkOfJournals(journals: GeminiRecords[], isInForce: (rows: TalkRow[]) => TalkRow[]): Talk {
  const messages = new Map<string, GeminiMessage>()
  for (const record of journals.flat()) {
    if (typeof record.id === 'string') messages.set(record.id, record as GeminiMessage)
  }
  return talkOf('gemini', isInForce(rowsOf([...messages.values()])), journals)
}

function rowsOf(messages: GeminiMessage[]): TalkRow[] {
  // A result lies in its call, or in a message of its own, or in both.
  const given = new Map<string, unknown>()
  for (const part of messages.filter(({ type }) => type === 'user').flatMap(({ content }) => partsOf(content))) {
    const id = answeredCall(part)
    if (id !== null) given.set(id, part)
  }
  return messages.flatMap((message) => rowsOfMessage(message, given))
}

function rowsOfMessage(message: GeminiMessage, given: Map<string, unknown>): TalkRow[] {
  const place = { nativeId: message.id, at: parseTime(message.timestamp) }
  const text = textOf(message.content)
  const said = text === '' || isGeminiContext(message) ? [] : [text]
  if (message.type === 'user') return said.map((one) => row({ ...place, role: 'user', kind: 'prompt', text: one }))
  return [
    ...said.map((one) => row({ ...place, role: 'assistant', kind: 'text', text: one })),
    ...callsOf(message).map((call) => {
      const results = [...partsOf(call.result), given.get(String(call.id)) ?? []].flat()
      const toolResult = results.length > 0 ? JSON.stringify(results) : null
      const tool = { toolName: String(call.name), toolInput: JSON.stringify(call.args), toolResult }
      return row({ ...place, ...tool, role: 'tool', kind: 'tool', nativeToolId: String(call.id) })
    }),
  ]
}
