// Writes a talk as a session of Gemini CLI: its own messages as they are, each once; what was said in another agent
// translated.
import { createHash } from 'node:crypto'
import { type GeminiEntry, type GeminiForce, isAnswer, readGeminiForce } from './gemini-force'
import { textOf } from './gemini-journal'
import { translateSteps } from './gemini-translate'
import { Losses, readSteps } from './talk-steps'
import { sliceTalk } from './talk-stretches'
import type { Talk } from './types'

export type GeminiIdentity = {
  sessionId: string
  cwd: string
  /** Milliseconds since 1970. */
  now: number
}

/** The lines of the session; what was left out is known when the last was read. */
export async function writeGeminiSession(
  talk: Talk,
  identity: GeminiIdentity,
): Promise<{ lines: AsyncGenerator<string>; notCarried: () => string[] }> {
  const force = await readGeminiForce(talk)
  const losses = new Losses()
  losses.unanswered = force.unanswered
  rest(force.entries, losses)
  const sentences = new Set<string>()
  const notCarried = () => [...new Set([...losses.sentences(), ...sentences])]
  return { lines: writeLines(talk, identity, force, sentences), notCarried }
}

/** Takes from the end what a session cannot rest on: prompts, notices, thoughts that led to nothing. */
function rest(entries: GeminiEntry[], losses: Losses): void {
  for (let last = entries.at(-1); last !== undefined && 'message' in last; last = entries.at(-1)) {
    const { message } = last
    if (isAnswer(message)) return
    if (message.type === 'user') losses.lastPrompt = textOf(message.content) || losses.lastPrompt
    entries.pop()
  }
}

async function* writeLines(
  talk: Talk,
  { sessionId, cwd, now }: GeminiIdentity,
  { entries, summary }: GeminiForce,
  sentences: Set<string>,
): AsyncGenerator<string> {
  const time = new Date(now).toISOString()
  const projectHash = createHash('sha256').update(cwd).digest('hex')
  const header = { sessionId, projectHash, startTime: time, lastUpdated: time, kind: 'main' }
  yield JSON.stringify(summary === null ? header : { ...header, summary })
  for (const entry of entries) {
    if ('message' in entry) {
      yield JSON.stringify(entry.message)
      continue
    }
    const losses = new Losses()
    for await (const message of translateSteps(readSteps(sliceTalk(talk, entry.from, entry.to), losses), now)) {
      yield JSON.stringify(message)
    }
    // Counted already, with those of the whole talk.
    losses.unanswered = 0
    if (entry !== entries.at(-1)) losses.lastPrompt = null
    for (const sentence of losses.sentences()) sentences.add(sentence)
  }
}
