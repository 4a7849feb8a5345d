// Keeps what is said with an agent over ACP, for the protocol has no transcript: one file a session, in Makima's data folder.
// What the records mean stands in transcripts/acp-content.ts.
import { randomUUID } from 'node:crypto'
import { appendFileSync, closeSync, createReadStream, fstatSync, mkdirSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ACP_JOURNAL, isSilent } from '@/server/transcripts/acp-content'
import { asString, isObject } from '@/server/transcripts/claude-code-content'
import { parseLine } from './codex-stream'

type JsonObject = Record<string, unknown>

export type JournalHead = {
  cwd: string
  /** Name and version, as the agent says them. */
  agent: string | null
  /** Whether the agent can go on with this session later. */
  goesOn: boolean
  /** Record of the talk up to which the agent was told in a brief what was said; null where there is none. */
  after: string | null
}

/** The journal of a session, whether it exists or not; `MAKIMA_ACP_HOME` names the folder. */
export function journalPath(env: NodeJS.ProcessEnv, sessionId: string): string {
  return join(env.MAKIMA_ACP_HOME || '', `${encodeURIComponent(sessionId).slice(0, 200)}.jsonl`)
}

/** Writes at once: what an agent said must be there when Makima is killed. Throws when the disk takes no more. */
export class AcpJournal {
  private path: string | null = null
  /** What the agent is saying; it becomes a record when something else comes. */
  private words: { type: 'message' | 'thought'; id: string | null; text: string; at: string } | null = null
  private model: string | null = null

  constructor(private readonly env: NodeJS.ProcessEnv) {}

  /** `head`: the session is a new one. Nothing is written before this. */
  open(sessionId: string, model: string | null, head: JournalHead | null): void {
    this.path = journalPath(this.env, sessionId)
    this.model = model
    mkdirSync(join(this.path, '..'), { recursive: true, mode: 0o700 })
    mendTail(this.path)
    if (head) this.write({ type: 'session', journal: ACP_JOURNAL, sessionId, ...head })
  }

  prompt(text: string, brief: string | null): void {
    this.write({ type: 'prompt', text, ...(brief !== null && { brief }) })
  }

  /** Answers whether something is complete now that a reader can see. */
  update(update: JsonObject): boolean {
    const type = WORDS[String(update.sessionUpdate)]
    if (!type && isSilent(update)) {
      this.write({ type: 'update', update })
      return false
    }
    if (!type) {
      const ended = this.endWords()
      this.write({ type: 'update', update })
      return ended || update.status === 'completed' || update.status === 'failed'
    }
    const text = isObject(update.content) ? asString(update.content.text) : null
    if (text === null) {
      // An image or another thing that is no text.
      this.endWords()
      this.write({ type: 'update', update })
      return true
    }
    const id = asString(update.messageId)
    const isSame = this.words?.type === type && (this.words.id === id || id === null)
    const ended = isSame ? false : this.endWords()
    this.words ??= { type, id, text: '', at: new Date().toISOString() }
    this.words.text += text
    return ended
  }

  turn(stopReason: unknown, usage: unknown): void {
    this.endWords()
    this.write({ type: 'turn', stopReason, ...(isObject(usage) && { usage }) })
  }

  /** The agent does not know the session any more. */
  lost(sessionId: string): void {
    this.path = journalPath(this.env, sessionId)
    this.write({ type: 'lost' })
  }

  /** Writes what was not whole yet: the agent is gone or was stopped. */
  endWords(): boolean {
    if (this.words === null) return false
    const { type, text, at } = this.words
    this.words = null
    this.write({ type, at, text, ...(this.model !== null && { model: this.model }) })
    return true
  }

  private write({ type, ...fields }: JsonObject): void {
    if (this.path === null) return
    const record = { type, id: randomUUID(), at: new Date().toISOString(), ...fields }
    appendFileSync(this.path, `${JSON.stringify(record)}\n`, { mode: 0o600 })
  }
}

const WORDS: Record<string, 'message' | 'thought' | undefined> = {
  agent_message_chunk: 'message',
  agent_thought_chunk: 'thought',
}

/** A record that was cut off by a kill must not swallow the next one. */
function mendTail(path: string): void {
  const file = openSync(path, 'a+', 0o600)
  try {
    const { size } = fstatSync(file)
    const last = Buffer.alloc(1)
    if (size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a) appendFileSync(path, '\n')
  } finally {
    closeSync(file)
  }
}

/** Whether the agent can go on with a session of which there is a journal. */
export async function journalGoesOn(path: string): Promise<boolean> {
  let goesOn = false
  try {
    for await (const line of createInterface({ input: createReadStream(path) })) {
      if (line.startsWith('{"type":"session"')) goesOn = parseLine(line)?.goesOn === true
      else if (line.startsWith('{"type":"lost"')) goesOn = false
    }
  } catch {
    return false
  }
  return goesOn
}
