// What another agent can be told of a talk: prompts, answers, and calls with their results, in order. Owns what is left out
// and the sentences about it.
import type { Talk, TalkRow } from './types'

export type TalkStep =
  | { type: 'user'; text: string; at: number | null }
  | { type: 'assistant'; text: string; at: number | null }
  | {
      type: 'call'
      id: string | null
      name: string
      input: unknown
      result: string
      isError: boolean
      at: number | null
    }

/** Counts what is left out of a talk. */
export class Losses {
  thinking = 0
  notices = 0
  unanswered = 0
  lastPrompt: string | null = null
  summarised = 0

  /** Sentences for a person. */
  sentences(): string[] {
    const said: string[] = []
    if (this.summarised > 0) {
      said.push(`${count(this.summarised, 'message')} before the last compaction: the agent gets the summary of them.`)
    }
    if (this.thinking > 0) said.push(`${count(this.thinking, 'thought')} of the model: another model cannot read them.`)
    if (this.notices > 0) said.push(`${count(this.notices, 'notice')} of the program that are no part of the talk.`)
    if (this.unanswered > 0) said.push(`${count(this.unanswered, 'tool call')} that never got a result.`)
    if (this.lastPrompt !== null) {
      said.push(`The last prompt, which was not answered. Send it again: “${shorten(this.lastPrompt)}”`)
    }
    return said
  }
}

/** A prompt as one short line, to name it in a sentence. */
export function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 120 ? `${line.slice(0, 119)}…` : line
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/**
 * The steps of a talk, from the last summary on (what lies before it would not fit the model's memory either). Ends with an
 * answer or a result: a prompt at the end is left out, for a session that ends with one is not at rest.
 */
export async function* readSteps(talk: Talk, losses: Losses): AsyncGenerator<TalkStep> {
  const start = await findStart(talk)
  let index = -1
  let prompts: TalkStep[] = []
  for await (const row of talk.rows()) {
    if (++index < start) {
      losses.summarised++
      continue
    }
    const step = toStep(row, losses)
    if (step?.type === 'user') prompts.push(step)
    else if (step !== null) {
      yield* prompts
      prompts = []
      yield step
    }
  }
  const last = prompts.findLast((step) => step.type === 'user')
  if (last?.type === 'user') losses.lastPrompt = last.text
}

async function findStart(talk: Talk): Promise<number> {
  let start = 0
  let index = 0
  for await (const row of talk.rows()) {
    if (row.kind === 'summary' && hasText(row)) start = index
    index++
  }
  return start
}

function toStep(row: TalkRow, losses: Losses): TalkStep | null {
  switch (row.kind) {
    case 'prompt':
    case 'command':
    case 'summary':
      return hasText(row) ? { type: 'user', text: row.text, at: row.at } : null
    case 'text':
      return hasText(row) ? { type: 'assistant', text: row.text, at: row.at } : null
    case 'tool':
      if (row.toolResult === null) {
        losses.unanswered++
        return null
      }
      return {
        type: 'call',
        id: row.nativeToolId,
        name: row.toolName ?? 'unknown_tool',
        input: parseInput(row.toolInput),
        result: row.toolResult,
        isError: row.isError === true,
        at: row.at,
      }
    case 'thinking':
      losses.thinking++
      return null
    default:
      losses.notices++
      return null
  }
}

function hasText(row: TalkRow): row is TalkRow & { text: string } {
  return row.text !== null && row.text.trim() !== ''
}

function parseInput(input: string | null): unknown {
  if (input === null) return {}
  try {
    return JSON.parse(input)
  } catch {
    return input
  }
}
