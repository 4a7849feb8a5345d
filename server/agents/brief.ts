// A conversation as one text, for an agent that can be given no session: what was asked, said and done, in order.
import { Losses, readSteps, type TalkStep } from './talk-steps'
import type { Talk } from './types'

/** A model with a small window still has room for the work; about 60,000 tokens. */
const BRIEF_CHARACTERS = 240_000
const INPUT_CHARACTERS = 2_000
const RESULT_CHARACTERS = 3_000

const BEGINNING =
  'You go on with work that began in another session. This is the conversation so far, oldest first; the files are as it left them. Do not repeat what is done.'
const END = 'Here ends the conversation so far. What is asked of you now follows.'

/** Answers the text and, as sentences for a person, what it leaves out. */
export async function writeBrief(talk: Talk): Promise<{ text: string; notCarried: string[] }> {
  const losses = new Losses()
  const parts: string[] = []
  let characters = 0
  let leftOut = 0
  let shortened = 0
  for await (const step of readSteps(talk, losses)) {
    const part = describe(step, () => shortened++)
    parts.push(part)
    characters += part.length
    // The newest counts most; the first prompt says what it is all about and stays.
    while (characters > BRIEF_CHARACTERS && parts.length > 2) {
      characters -= parts.splice(1, 1)[0]?.length ?? 0
      leftOut++
    }
  }
  if (leftOut > 0) parts.splice(1, 0, `(${leftOut} steps are left out here.)`)
  const notCarried = losses.sentences()
  if (leftOut > 0)
    notCarried.unshift(`${leftOut} steps after the first prompt: the conversation is too long to be told.`)
  if (shortened > 0) notCarried.push(`The ends of ${shortened} long inputs and results of tools.`)
  return { text: [BEGINNING, ...parts, END].join('\n\n'), notCarried }
}

function describe(step: TalkStep, onCut: () => void): string {
  const cut = (text: string, length: number) => {
    if (text.length <= length) return text
    onCut()
    return `${text.slice(0, length)} …`
  }
  if (step.type === 'user') return `## The person\n\n${step.text}`
  if (step.type === 'assistant') return `## The agent\n\n${step.text}`
  const input = typeof step.input === 'string' ? step.input : JSON.stringify(step.input)
  return [
    `## Tool ${step.name}${step.isError ? ' (failed)' : ''}`,
    `Input: ${cut(input, INPUT_CHARACTERS)}`,
    `Result: ${cut(step.result, RESULT_CHARACTERS)}`,
  ].join('\n\n')
}
