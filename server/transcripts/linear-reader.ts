// What the readers of agents without parent ids share: the tree they fill, how it is handed out, and rows for broken bytes.

import { RowWriter } from './claude-code-rows'
import { LinearRows } from './linear-rows'
import { Tree } from './tree'
import type { RawRecord, ThreadKey } from './types'

export abstract class LinearReader {
  protected readonly tree = new Tree()
  protected readonly rows = new RowWriter(this.tree)
  protected readonly talk = new LinearRows(this.rows)

  /** Nothing of a subagent is stored in the main source. */
  ignoreInlineThreads(): void {}

  drain() {
    const drained = { messages: this.tree.drain(), patches: this.rows.patches, facts: this.talk.facts }
    this.rows.patches = []
    this.talk.facts = []
    return drained
  }

  pending() {
    return this.tree.pending()
  }

  threads() {
    return this.tree.threads
  }

  /** Rows that come now are of this record, whose time and name are not known yet. */
  protected beginRecord(record: RawRecord): void {
    this.rows.record = record
    this.rows.at = null
    this.rows.nativeId = null
  }

  /** Bytes that are no record get a row, so that a gap is seen; half a last line does not, it may still be written. */
  protected readBroken(thread: ThreadKey): void {
    const { problem } = this.rows.record
    if (problem === 'cut') return
    this.talk.aside(thread, () => {
      const row = this.rows.row('system', 'unknown', `line:${problem ?? 'not_json'}`)
      row.truncated = true
      this.talk.put(null, row, false)
    })
  }
}
