// The beginning of a session that Makima wrote itself: a copy of a talk up to a message, from where the session goes on.
import { hasToolResult, isObject } from './claude-code-content'
import type { Place } from './tree'
import type { RawRecord } from './types'

type JsonObject = Record<string, unknown>

export class CopiedTalk {
  /** After this row the session goes on, until it has said something of its own; what the origin said later is left. */
  end: Place | null = null

  constructor(private readonly bytes: number) {}

  holds(record: RawRecord): boolean {
    return record.offset < this.bytes
  }

  /** A record of the copy, and where it lies in the origin. Results and additions stand where the talk stood then. */
  note(value: JsonObject, known: Place | null): void {
    if (known === null) return
    const content = isObject(value.message) ? value.message.content : null
    if (value.type === 'assistant' || (value.type === 'user' && !hasToolResult(content))) this.end = known
  }
}
