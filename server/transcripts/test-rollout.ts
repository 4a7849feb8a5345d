// Writes an invented Codex session in the shape in which Codex writes one.

type JsonObject = Record<string, unknown>

const T0 = Date.UTC(2026, 3, 1, 9)
let clock = T0
let serial = 0

/** A version 7 UUID of the moment; moments never repeat. */
function newThreadId(): string {
  clock += 1000
  const time = clock.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(++serial).padStart(12, '0')}`
}

export type RolloutOptions = {
  id?: string
  meta?: JsonObject
  /** Numbers the records from here on, as newer releases do. */
  ordinal?: number
}

export class Rollout {
  readonly id: string
  readonly lines: string[] = []
  private ordinal: number | null
  private total = {
    input_tokens: 0,
    cached_input_tokens: 0,
    output_tokens: 0,
    reasoning_output_tokens: 0,
    total_tokens: 0,
  }

  constructor(options: RolloutOptions = {}) {
    this.id = options.id ?? newThreadId()
    this.ordinal = options.ordinal ?? null
    this.record('session_meta', {
      id: this.id,
      timestamp: new Date(clock).toISOString(),
      cwd: '/nowhere',
      originator: 'codex-tui',
      cli_version: '0.118.0',
      source: 'cli',
      git: { branch: 'main', commit_hash: 'c0ffee' },
      ...options.meta,
    })
  }

  record(type: string, payload: JsonObject): this {
    clock += 1000
    const timestamp = new Date(clock).toISOString()
    const ordinal = this.ordinal === null ? {} : { ordinal: this.ordinal++ }
    this.lines.push(JSON.stringify({ timestamp, ...ordinal, type, payload }))
    return this
  }
  event(type: string, payload: JsonObject = {}): this {
    return this.record('event_msg', { type, ...payload })
  }
  item(type: string, payload: JsonObject): this {
    return this.record('response_item', { type, ...payload })
  }

  /** A turn begins: what a person types, as item and as event. */
  prompt(text: string): this {
    const turn_id = newThreadId()
    this.event('task_started', { turn_id })
    this.record('turn_context', { turn_id, cwd: '/nowhere', model: 'gpt-5.4' })
    this.item('message', { role: 'user', content: [{ type: 'input_text', text }] })
    return this.event('user_message', { message: text, images: [], local_images: [] })
  }
  answer(text: string, output = 10): this {
    this.event('agent_message', { message: text })
    this.item('message', { role: 'assistant', content: [{ type: 'output_text', text }] })
    return this.tokens(100, 40, output)
  }
  call(id: string, name: string, input: JsonObject, output: string): this {
    this.item('function_call', { name, arguments: JSON.stringify(input), call_id: id })
    return this.item('function_call_output', { call_id: id, output })
  }
  tokens(input: number, cached: number, output: number): this {
    const last = {
      input_tokens: input,
      cached_input_tokens: cached,
      output_tokens: output,
      reasoning_output_tokens: 0,
      total_tokens: input + output,
    }
    for (const key of Object.keys(last) as (keyof typeof last)[]) this.total[key] += last[key]
    return this.event('token_count', { info: { total_token_usage: { ...this.total }, last_token_usage: last } })
  }

  /** A thread that begins with a copy of this one, written at one moment, as subagents and older forks do. */
  copy(meta: JsonObject, welcome: string | null): Rollout {
    const fork = new Rollout({ meta: { forked_from_id: this.id, ...meta } })
    for (const line of this.lines) {
      const { type, payload } = JSON.parse(line) as { type: string; payload: JsonObject }
      if (payload.type !== 'exec_command_end') fork.record(type, payload)
    }
    if (welcome !== null) {
      fork.item('function_call_output', { call_id: welcome, output: 'You are the newly spawned agent. Go on.' })
    }
    fork.total = { ...this.total }
    return fork
  }

  /** The number of the next record. */
  get next(): number {
    return this.ordinal ?? this.lines.length
  }
  text(): string {
    return this.lines.map((line) => `${line}\n`).join('')
  }
}
