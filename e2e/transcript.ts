// Writes an invented session in the shape in which Claude Code writes one.
import { randomUUID } from 'node:crypto'

const STEP_MS = 30_000

export class Transcript {
  private readonly lines: string[] = []
  private parent: string | null = null
  readonly sessionId = randomUUID()

  constructor(
    private readonly cwd: string,
    private at: number,
  ) {}

  /** The time of the last record. */
  get now(): Date {
    return new Date(this.at)
  }

  person(text: string): this {
    return this.add({ type: 'user', message: { role: 'user', content: text } })
  }

  agent(text: string): this {
    return this.answer([{ type: 'text', text }])
  }

  tool(name: string, input: Record<string, unknown>, result: string): this {
    const id = `toolu_${this.lines.length}`
    this.answer([{ type: 'tool_use', id, name, input }])
    return this.add({
      type: 'user',
      message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: result }] },
    })
  }

  text(): string {
    return `${this.lines.join('\n')}\n`
  }

  private answer(content: unknown[]): this {
    const usage = { input_tokens: 10, output_tokens: 50, cache_creation_input_tokens: 0, cache_read_input_tokens: 400 }
    const id = `msg_${randomUUID()}`
    return this.add({
      type: 'assistant',
      message: { id, type: 'message', role: 'assistant', model: 'claude-sonnet-4-5-20250929', content, usage },
    })
  }

  private add(record: Record<string, unknown>): this {
    this.at += STEP_MS
    const uuid = randomUUID()
    this.lines.push(
      JSON.stringify({
        parentUuid: this.parent,
        sessionId: this.sessionId,
        cwd: this.cwd,
        isSidechain: false,
        userType: 'external',
        version: '2.1.42',
        gitBranch: 'main',
        timestamp: new Date(this.at).toISOString(),
        ...record,
        uuid,
      }),
    )
    this.parent = uuid
    return this
  }
}
