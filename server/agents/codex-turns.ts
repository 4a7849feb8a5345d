// Which records of a Codex thread are in force in a talk: turn by turn, up to the last thing that the talk holds of each.
import { asString, isObject } from '@/server/transcripts/claude-code-content'
import { parseTime } from '@/server/transcripts/iso-time'
import type { RowKeys } from './row-keys'
import { Losses } from './talk-steps'
import type { Talk, TalkRecord } from './types'

type JsonObject = Record<string, unknown>

export type MainRecord = { value: JsonObject; source: number }

export type CodexTurn = {
  id: string | null
  kept: boolean
  /** Records of the turn that are kept, counted from its start; the whole turn when `closed`. */
  length: number
  /** False when the turn must be given an end. */
  closed: boolean
  lastAnswer: string | null
}

type Draft = CodexTurn & {
  matches: number
  answers: number
  ended: boolean
  said: number
  /** Where the last prompt, answer or result of the turn lies, and the last that is in force. */
  lastSpoken: number
  lastMatch: number
  lastPrompt: string | null
}

/** Numbers the turns of a thread's records, given in order. What lies before the first turn of a source is one, too. */
export class TurnCounter {
  turn = -1
  /** The place of the record in its turn, from 0. */
  index = 0
  private source: number | null = null

  /** True when the record begins a turn. */
  next({ value, source }: MainRecord): boolean {
    const { type } = payloadOf(value)
    const begins =
      source !== this.source || (value.type === 'event_msg' && (type === 'task_started' || type === 'turn_started'))
    this.source = source
    this.index = begins ? 0 : this.index + 1
    if (begins) this.turn++
    return begins
  }
}

export function payloadOf(value: JsonObject): JsonObject {
  return isObject(value.payload) ? value.payload : {}
}

/** The text of a message item. */
export function messageText(payload: JsonObject): string {
  const parts = Array.isArray(payload.content) ? payload.content.filter(isObject) : []
  return parts.flatMap((part) => (typeof part.text === 'string' ? [part.text] : [])).join('\n')
}

/** The id of the call of a call or result item; null for other items. */
export function callIdOf(payload: JsonObject): string | null {
  return typeof payload.type === 'string' && /call(_output)?$/.test(payload.type) ? asString(payload.call_id) : null
}

/** Reads all records once and decides what is kept of each turn. */
export async function decideTurns(talk: Talk, keys: RowKeys): Promise<{ turns: CodexTurn[]; losses: Losses }> {
  const turns: Draft[] = []
  const counter = new TurnCounter()
  for await (const record of mainRecords(talk)) {
    if (counter.next(record)) turns.push(newDraft(asString(payloadOf(record.value).turn_id)))
    readRecord(turns.at(-1) as Draft, record.value, counter.index, keys)
  }
  return { turns, losses: settle(turns, keys) }
}

/** The records of the thread itself that are whole. */
export async function* mainRecords(talk: Talk): AsyncGenerator<MainRecord> {
  for await (const { thread, record, source } of talk.records() as AsyncIterable<TalkRecord>) {
    if (thread === '' && record.value !== null) yield { value: record.value, source }
  }
}

function newDraft(id: string | null): Draft {
  return {
    id,
    kept: false,
    length: 0,
    closed: false,
    lastAnswer: null,
    matches: 0,
    answers: 0,
    ended: false,
    said: 0,
    lastSpoken: -1,
    lastMatch: -1,
    lastPrompt: null,
  }
}

function readRecord(turn: Draft, value: JsonObject, index: number, keys: RowKeys): void {
  const payload = payloadOf(value)
  if (value.type === 'event_msg') {
    if (payload.type === 'task_complete' || payload.type === 'turn_complete' || payload.type === 'turn_aborted') {
      turn.ended = true
      turn.length = index + 1
    }
    return
  }
  if (value.type !== 'response_item') return
  if (!turn.ended) turn.length = index + 1
  const callId = callIdOf(payload)
  const { role } = payload
  const isResult = callId !== null && String(payload.type).endsWith('_output')
  if (callId !== null) {
    if (!isResult) {
      turn.said++
      if (keys.useCall(callId)) turn.matches++
      return
    }
    turn.lastSpoken = index
    if (!keys.isAnswered(callId) || turn.matches === 0) return
    turn.lastMatch = index
    turn.answers++
  } else if (payload.type === 'message' && (role === 'user' || role === 'assistant')) {
    const text = messageText(payload)
    const matches = keys.useText(role, text, parseTime(value.timestamp))
    if (role === 'assistant' || matches) {
      turn.said++
      turn.lastSpoken = index
    }
    if (!matches) return
    turn.matches++
    turn.lastMatch = index
    if (role === 'user') turn.lastPrompt = text
    else {
      turn.answers++
      turn.lastAnswer = text
    }
  }
}

function settle(turns: Draft[], keys: RowKeys): Losses {
  const losses = new Losses()
  losses.unanswered = keys.unansweredCalls
  const last = turns.findLastIndex((turn) => turn.matches > 0)
  for (const [index, turn] of turns.entries()) {
    // A turn in which nobody spoke (a compaction by hand) shapes what the model knows later.
    const isSilent =
      turn.said === 0 && (index === 0 || (turn.id !== null && index < last && turns[index - 1]?.kept === true))
    turn.kept = isSilent || turn.matches > 0
    turn.closed = isSilent || (turn.ended && turn.lastMatch >= turn.lastSpoken)
    if (!turn.closed) turn.length = turn.lastMatch + 1
    if (index === last && turn.answers === 0 && !turn.closed) {
      turn.kept = false
      losses.lastPrompt = turn.lastPrompt
    }
  }
  return losses
}
