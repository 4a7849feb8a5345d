// Writes a talk as a session that `opencode import` takes: messages of OpenCode as they are, under new ids; what was said in
// another agent translated.
import { asNumber, asString, isObject } from '@/server/transcripts/claude-code-content'
import { isAnswer, type OpenCodeForce, type OpenCodeMessage, promptText, readOpenCodeForce } from './opencode-force'
import { OpenCodeIds } from './opencode-ids'
import { type OpenCodeModel, translateSteps } from './opencode-translate'
import { Losses, readSteps } from './talk-steps'
import { sliceTalk } from './talk-stretches'
import type { Talk } from './types'

type JsonObject = Record<string, unknown>

export type OpenCodeIdentity = {
  cwd: string
  version: string
  /** Milliseconds since 1970. No message of the copy is younger. */
  now: number
}

/**
 * `findModel` is asked when no message of the talk names a model of OpenCode: the program goes on with that of the session.
 */
export async function writeOpenCodeSession(
  talk: Talk,
  identity: OpenCodeIdentity,
  findModel: () => Promise<OpenCodeModel>,
): Promise<{ sessionId: string; lines: AsyncGenerator<string>; notCarried: () => string[] }> {
  const force = await readOpenCodeForce(talk)
  const losses = new Losses()
  losses.unanswered = force.unanswered
  rest(force, losses)
  const model = modelOf(force) ?? (await findModel())
  const writer = new Writer(talk, identity, force, model)
  const sentences = new Set<string>()
  const notCarried = () => [...new Set([...losses.sentences(), ...sentences])]
  return { sessionId: writer.sessionId, lines: writer.lines(sentences), notCarried }
}

/** Takes from the end what a session cannot rest on: prompts, and answers in which nothing was said. */
function rest({ stretches }: OpenCodeForce, losses: Losses): void {
  for (let last = stretches.at(-1); last !== undefined && 'message' in last; last = stretches.at(-1)) {
    if (isAnswer(last.message)) return
    if (last.message.info.role === 'user') losses.lastPrompt = promptText(last.message) || losses.lastPrompt
    stretches.pop()
  }
}

function modelOf({ stretches, session }: OpenCodeForce): OpenCodeModel | null {
  for (const stretch of stretches.toReversed()) {
    if (!('message' in stretch)) continue
    const { info } = stretch.message
    const { providerID, modelID } = isObject(info.model) ? info.model : info
    if (typeof providerID === 'string' && typeof modelID === 'string') return { providerID, modelID }
  }
  const { providerID, id } = isObject(session.model) ? session.model : {}
  return typeof providerID === 'string' && typeof id === 'string' ? { providerID, modelID: id } : null
}

class Writer {
  readonly sessionId: string
  private readonly ids = new OpenCodeIds()
  private readonly renamed = new Map<string, string>()
  private at = 0

  constructor(
    private readonly talk: Talk,
    private readonly identity: OpenCodeIdentity,
    private readonly force: OpenCodeForce,
    private readonly model: OpenCodeModel,
  ) {
    this.sessionId = this.ids.session(identity.now)
    const old = asString(force.session.id)
    if (old !== null) this.renamed.set(old, this.sessionId)
  }

  async *lines(sentences: Set<string>): AsyncGenerator<string> {
    yield `{"info":${JSON.stringify(this.info())},"messages":[`
    let comma = ''
    for await (const message of this.messages(sentences)) {
      yield comma + JSON.stringify(message)
      comma = ','
    }
    yield ']}'
  }

  private info(): JsonObject {
    const { session, stretches } = this.force
    const { cwd, version, now } = this.identity
    const first = stretches.map((one) => ('message' in one ? promptText(one.message) : '')).find((text) => text !== '')
    return {
      id: this.sessionId,
      slug: asString(session.slug) ?? 'resumed',
      projectID: 'global',
      directory: cwd,
      title: asString(session.title) ?? (first ?? 'Resumed with Makima').replace(/\s+/g, ' ').slice(0, 80),
      version,
      ...(typeof session.agent === 'string' && { agent: session.agent }),
      model: { id: this.model.modelID, providerID: this.model.providerID },
      time: { created: now, updated: now },
    }
  }

  private async *messages(sentences: Set<string>): AsyncGenerator<OpenCodeMessage> {
    for (const stretch of this.force.stretches) {
      if ('message' in stretch) {
        yield this.copy(stretch.message)
        continue
      }
      const losses = new Losses()
      const part = sliceTalk(this.talk, stretch.from, stretch.to)
      const place = { sessionId: this.sessionId, cwd: this.identity.cwd, model: this.model, ids: this.ids }
      yield* translateSteps(readSteps(part, losses), place, (at) => this.moment(at))
      // Counted already, with those of the whole talk.
      losses.unanswered = 0
      if (stretch !== this.force.stretches.at(-1)) losses.lastPrompt = null
      for (const sentence of losses.sentences()) sentences.add(sentence)
    }
  }

  private copy({ info, parts }: OpenCodeMessage): OpenCodeMessage {
    const time = isObject(info.time) ? info.time : {}
    const created = this.moment(asNumber(time.created))
    const id = this.ids.next('msg', created)
    this.rename(info.id, id)
    const kept = parts.filter((part) => part.type !== 'patch' && part.type !== 'snapshot')
    for (const part of kept) this.rename(part.id, this.ids.next('prt', created))
    const path = isObject(info.path) ? { path: { cwd: this.identity.cwd, root: this.identity.cwd } } : {}
    return this.withNewIds({
      info: { ...info, ...path, id, sessionID: this.sessionId, time: { ...time, created } },
      parts: kept.map((part) => withoutSnapshot({ ...part, messageID: id, sessionID: this.sessionId })),
    }) as OpenCodeMessage
  }

  private rename(old: unknown, id: string): void {
    if (typeof old === 'string') this.renamed.set(old, id)
  }

  /** Messages name each other. */
  private withNewIds(value: unknown): unknown {
    if (typeof value === 'string') return this.renamed.get(value) ?? value
    if (Array.isArray(value)) return value.map((item) => this.withNewIds(item))
    if (!isObject(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.withNewIds(item)]))
  }

  /** OpenCode sorts by time: never before what was said before, and never after the copy was made. */
  private moment(at: number | null): number {
    this.at = Math.min(Math.max(at ?? this.at, this.at), this.identity.now)
    return this.at
  }
}

/** A revert in the copy would write what they name into the folder in which the session began. */
function withoutSnapshot(part: JsonObject): JsonObject {
  const { snapshot: _, ...rest } = part
  return rest
}
