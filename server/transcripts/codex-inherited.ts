// A subagent's or fork's file may begin with a copy of another thread's history, all its times rewritten to the moment of
// the fork. Tells where that copy ends and the thread's own work begins.

import { asString } from './claude-code-content'
import { partsText, timeOfId } from './codex-content'
import type { CodexRecord } from './codex-records'
import { readThreadMeta, type ThreadMeta } from './codex-source'

const WELCOME = 'You are the newly spawned agent'

export class InheritedHistory {
  /** What the source says of its thread; null in a source without header, as the tail of a cut one. */
  meta: ThreadMeta | null = null
  private copying = false
  private welcomed = false

  /** Takes the next record of the source; true while it is a copy. The header itself is not. */
  read(record: CodexRecord): boolean {
    const { kind, type, payload, ordinal } = record
    if (kind === 'session_meta') return this.readHeader(payload)
    if (!this.copying) return false
    const { meta } = this
    if (meta?.ownFrom != null) this.copying = ordinal !== null && ordinal < meta.ownFrom
    else if (kind === 'event_msg' && type === 'task_started') this.copying = !this.isOwnTurn(payload.turn_id)
    else if (this.welcomed) this.copying = false
    this.welcomed = type.endsWith('_output') && partsText(payload.output).text.startsWith(WELCOME)
    return this.copying
  }

  get isSubagent(): boolean {
    return this.meta !== null && this.meta.parent !== null
  }

  private readHeader(payload: CodexRecord['payload']): boolean {
    if (this.meta === null) {
      this.meta = readThreadMeta(payload)
      const { forkedFrom, ownFrom, base } = this.meta ?? { forkedFrom: null, ownFrom: null, base: null }
      this.copying = (forkedFrom !== null || ownFrom !== null) && base === null
      return false
    }
    return this.copying
  }

  /** Ids of turns tell when they were made: those of a copy are older than the thread. */
  private isOwnTurn(turnId: unknown): boolean {
    const turn = timeOfId(asString(turnId))
    const thread = timeOfId(this.meta?.id)
    return turn === null || thread === null ? this.welcomed : turn >= thread
  }
}
