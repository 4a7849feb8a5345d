// Which messages of Gemini CLI are in force in a talk, how much of each, and the answers of tools that go with them.
import { asString } from '@/server/transcripts/claude-code-content'
import { isGeminiContext } from '@/server/transcripts/gemini-content'
import { cleanText } from '@/server/transcripts/row-text'
import {
  answeredCall,
  callsOf,
  type GeminiJournal,
  type GeminiMessage,
  partsOf,
  readJournal,
  textOf,
} from './gemini-journal'
import { type InForce, readStretches, type Stretch } from './talk-stretches'
import type { Talk } from './types'

/** One message as it is written, or rows of another agent from one place to another. */
export type GeminiEntry = { message: GeminiMessage } | { from: number; to: number }

export type GeminiForce = { entries: GeminiEntry[]; summary: string | null; unanswered: number }

/** Reads a talk once by its records and once by its rows. */
export async function readGeminiForce(talk: Talk): Promise<GeminiForce> {
  const journal = await readJournal(talk)
  const { stretches, unanswered } = await readStretches(talk, (id) => journal.messages.has(id))
  return { entries: arrange(journal, fromSummary(journal, stretches)), summary: journal.summary, unanswered }
}

/** True for a message that a talk can rest on: the model said or did something in it, or a tool answered. */
export function isAnswer(message: GeminiMessage): boolean {
  if (message.type === 'user') return partsOf(message.content).some((part) => answeredCall(part) !== null)
  return message.type === 'gemini' && (textOf(message.content).trim() !== '' || callsOf(message).length > 0)
}

/** After a compression the model knows its summary and what was kept beside it. */
function fromSummary({ messages, histories }: GeminiJournal, stretches: Stretch[]): Stretch[] {
  const isSummary = (id: string) => textOf(messages.get(id)?.content).includes('<state_snapshot>')
  const at = stretches.findLastIndex((stretch) => 'id' in stretch && isSummary(stretch.id))
  const summary = stretches[at]
  if (summary === undefined || !('id' in summary)) return stretches
  const history = histories.find((ids) => ids.includes(summary.id)) ?? [summary.id]
  const later = stretches.slice(at + 1).filter((stretch) => !('id' in stretch && history.includes(stretch.id)))
  return [...history.map((id) => ({ id, inForce: wholeOf(messages.get(id) as GeminiMessage) })), ...later]
}

function wholeOf(message: GeminiMessage): InForce {
  const calls = callsOf(message).map(({ id }) => asString(id) ?? '')
  return { texts: new Set([clean(textOf(message.content))]), calls: new Set(calls) }
}

/**
 * Puts the answers of tools, for which no row stands, where they were given: after the last message in force before them.
 * Each call is answered once, however often the program wrote it down.
 */
function arrange({ messages }: GeminiJournal, stretches: Stretch[]): GeminiEntry[] {
  const cuts = new Map<string, GeminiMessage>()
  for (const stretch of stretches) {
    if (!('id' in stretch)) continue
    const message = cut(messages.get(stretch.id) as GeminiMessage, stretch.inForce)
    if (message !== null) cuts.set(stretch.id, message)
  }
  const open = new Set([...cuts.values()].flatMap((message) => callsOf(message).map(({ id }) => asString(id) ?? '')))
  const answers = placeAnswers(messages, cuts, open)
  return stretches.flatMap((stretch): GeminiEntry[] => {
    if (!('id' in stretch)) return [stretch]
    const message = cuts.get(stretch.id)
    if (message === undefined) return []
    const given = answers.get(stretch.id) ?? []
    const kept = answersInside(messages.get(stretch.id) as GeminiMessage, message, open)
    return [message, ...given, ...kept].map((one) => ({ message: one }))
  })
}

/** Takes from `open` the calls that are answered. */
function placeAnswers(messages: Map<string, GeminiMessage>, cuts: Map<string, GeminiMessage>, open: Set<string>) {
  const answers = new Map<string, GeminiMessage[]>()
  let before: string | null = null
  for (const message of messages.values()) {
    if (cuts.has(message.id)) before = message.id
    if (message.type !== 'user' || before === null) continue
    const parts = partsOf(message.content)
    const given = parts.filter((part) => open.has(answeredCall(part) ?? ''))
    if (given.length === 0) continue
    for (const part of given) open.delete(answeredCall(part) ?? '')
    const content = parts.filter((part) => answeredCall(part) === null || given.includes(part))
    if (before === message.id) continue
    answers.set(before, [...(answers.get(before) ?? []), { ...message, content }])
  }
  return answers
}

/** Older releases keep an answer only in its call. Takes from `open` the calls that are answered. */
function answersInside(whole: GeminiMessage, message: GeminiMessage, open: Set<string>): GeminiMessage[] {
  const kept = new Set(callsOf(message).map(({ id }) => id))
  const content = callsOf(whole).flatMap((call) => {
    const id = asString(call.id) ?? ''
    if (!kept.has(call.id) || !open.has(id)) return []
    open.delete(id)
    const parts = partsOf(call.result)
    if (parts.some((part) => answeredCall(part) !== null)) return parts
    const output = typeof call.result === 'string' ? call.result : ''
    return [{ functionResponse: { id, name: call.name, response: { output } } }]
  })
  if (content.length === 0) return []
  return [{ id: `${message.id}_answers`, timestamp: message.timestamp, type: 'user', content }]
}

function withoutResult<Call extends { result?: unknown }>(call: Call): Call {
  const rest = { ...call }
  delete rest.result
  return rest
}

/** Null when nothing of the message is left. The program would send results that lie in calls a second time. */
function cut(message: GeminiMessage, { texts, calls }: InForce): GeminiMessage | null {
  if (message.type !== 'gemini') return isGeminiContext(message) ? null : message
  const toolCalls = callsOf(message)
    .filter(({ id }) => calls.has(clean(id)))
    .map(withoutResult)
  const isSaid = texts.has(clean(textOf(message.content)))
  const content = isSaid ? message.content : ''
  const rest: GeminiMessage = { ...message, content, toolCalls: toolCalls.length > 0 ? toolCalls : undefined }
  const isThought = Array.isArray(message.thoughts) && message.thoughts.length > 0
  return isAnswer(rest) || isThought ? rest : null
}

function clean(text: unknown): string {
  return cleanText(asString(text) ?? '')
}
