// Finds out whether a record belongs to a row of a talk that is in force. Records hold more than rows do: what was rewound,
// what lies after the cut, what another copy of the session says again.
import { createHash } from 'node:crypto'
import type { Talk } from './types'

/** Records of one row may be written a moment apart. */
const CLOSE_MS = 5000

type TextRow = { at: number | null; used: boolean }

export class RowKeys {
  private readonly answered = new Set<string>()
  private readonly unanswered = new Set<string>()
  private readonly usedCalls = new Set<string>()
  private readonly texts = new Map<string, TextRow[]>()

  static async of(talk: Talk): Promise<RowKeys> {
    const keys = new RowKeys()
    for await (const row of talk.rows()) {
      if (row.kind === 'tool' && row.nativeToolId !== null) {
        if (row.toolResult === null) keys.unanswered.add(row.nativeToolId)
        else keys.answered.add(row.nativeToolId)
      } else if (row.text !== null && (row.kind === 'prompt' || row.kind === 'command' || row.kind === 'text')) {
        const key = textKey(row.role, row.text)
        const list = keys.texts.get(key)
        if (list === undefined) keys.texts.set(key, [{ at: row.at, used: false }])
        else list.push({ at: row.at, used: false })
      }
    }
    return keys
  }

  /** Calls in force that never got a result. */
  get unansweredCalls(): number {
    return this.unanswered.size
  }

  /** A call in force with its result. */
  isAnswered(callId: string): boolean {
    return this.answered.has(callId)
  }

  /** True the first time a call in force is asked for; a copy of it belongs to no row. */
  useCall(callId: string): boolean {
    if (!this.answered.has(callId) || this.usedCalls.has(callId)) return false
    this.usedCalls.add(callId)
    return true
  }

  /** True when a row says this and was not asked for yet. `at` in milliseconds since 1970. */
  useText(role: 'user' | 'assistant', text: string, at: number | null): boolean {
    const row = this.texts
      .get(textKey(role, text))
      ?.find((one) => !one.used && (one.at === null || at === null || Math.abs(one.at - at) <= CLOSE_MS))
    if (row === undefined) return false
    row.used = true
    return true
  }
}

function textKey(role: string, text: string): string {
  return `${role} ${createHash('sha1').update(text.replace(/\s+/g, '')).digest('base64')}`
}
