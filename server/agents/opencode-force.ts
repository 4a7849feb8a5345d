// Which of OpenCode's messages are in force in a talk, and how much of each.
import { asString, isObject } from '@/server/transcripts/claude-code-content'
import { cleanText } from '@/server/transcripts/row-text'
import { type InForce, readStretches } from './talk-stretches'
import type { Talk } from './types'

type JsonObject = Record<string, unknown>

export type OpenCodeMessage = { info: JsonObject; parts: JsonObject[] }

export type OpenCodeForce = {
  /** One message with what of it is in force, or rows of another agent from one place to another. */
  stretches: ({ message: OpenCodeMessage } | { from: number; to: number })[]
  /** What OpenCode says of the session that was read last. */
  session: JsonObject
  /** Calls in force that never got a result. */
  unanswered: number
}

/** Reads a talk once by its records and once by its rows. */
export async function readOpenCodeForce(talk: Talk): Promise<OpenCodeForce> {
  const { messages, session } = await readMessages(talk)
  const { stretches, unanswered } = await readStretches(talk, (id) => messages.has(id))
  const cutStretches = stretches.flatMap((stretch): OpenCodeForce['stretches'] => {
    if (!('id' in stretch)) return [stretch]
    const message = cut(messages.get(stretch.id) as OpenCodeMessage, stretch.inForce)
    return message.parts.length === 0 ? [] : [{ message }]
  })
  return { stretches: cutStretches, session, unanswered }
}

/** What a person wrote into a message, for a sentence about it. */
export function promptText({ parts }: OpenCodeMessage): string {
  return parts
    .filter((part) => part.type === 'text' && part.synthetic !== true)
    .map((part) => asString(part.text) ?? '')
    .join('\n')
}

/** True for a message that a talk can rest on: the model said or did something in it. */
export function isAnswer({ info, parts }: OpenCodeMessage): boolean {
  return info.role === 'assistant' && parts.some((part) => part.type === 'text' || part.type === 'tool')
}

/** Of several versions of a session the one that was read last tells what a message holds. */
async function readMessages(talk: Talk) {
  const messages = new Map<string, OpenCodeMessage>()
  let session: JsonObject = {}
  for await (const { record } of talk.records()) {
    const { value } = record
    if (value === null || !isObject(value.info) || !Array.isArray(value.messages)) continue
    session = value.info
    for (const { info, parts } of value.messages.filter(isObject)) {
      const id = isObject(info) ? asString(info.id) : null
      if (!isObject(info) || id === null) continue
      messages.set(id, { info, parts: Array.isArray(parts) ? parts.filter(isObject) : [] })
    }
  }
  return { messages, session }
}

/** Rows lie in the order of parts, so what is in force is a message up to some part of it. */
function cut({ info, parts }: OpenCodeMessage, inForce: InForce): OpenCodeMessage {
  if (info.role !== 'assistant') return { info, parts }
  const isShown = (part: JsonObject) =>
    part.type === 'tool' || ((part.type === 'text' || part.type === 'reasoning') && part.text !== '')
  const isInForce = (part: JsonObject) =>
    part.type === 'tool' ? inForce.calls.has(clean(part.callID)) : inForce.texts.has(clean(part.text))
  const isLost = (part: JsonObject) => part.type === 'tool' && !isInForce(part)
  const last = parts.findLastIndex((part) => isShown(part) && isInForce(part))
  const isWhole = !parts.some((part, index) => index > last && isShown(part))
  return { info, parts: (isWhole ? parts : parts.slice(0, last + 1)).filter((part) => !isLost(part)) }
}

function clean(text: unknown): string {
  return cleanText(asString(text) ?? '')
}
