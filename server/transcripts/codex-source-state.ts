// What a reader knows of the source it is in: each has a history, a running total and a stack of turns of its own.

import { InheritedHistory } from './codex-inherited'
import { PromptTwins } from './codex-records'
import { IdTable, NumberColumn } from './id-table'
import type { Place } from './tree'
import type { RawRecord, Usage } from './types'

/** A message in the place of the user: a prompt's own record, unless no prompt follows. */
export type HeldMessage = { record: RawRecord; at: number | null; text: string; patience: number }

export class CodexSourceState {
  readonly history = new InheritedHistory()
  readonly twins = new PromptTwins()
  model: string | null = null
  held: HeldMessage | null = null
  lastPrompt: string | null = null
  /** Before each prompt in force. */
  turns: Place[] = []
  /** Where the next row goes on, when the agent went back. */
  resume: Place | null = null
  /** The running total of tokens, and how many the last request held. */
  total: Usage | null = null
  context: number | null = null
  /** The first row of the response whose tokens are still to be told, and the one whose tokens were told last. */
  firstRow: Place | null = null
  paid: { place: Place; usage: Usage } | null = null
  /** A compaction was read whose event is still to come. */
  compacted = false
  private readonly keys = new IdTable()
  private readonly counts = new NumberColumn()

  /** A name for a record that is the same in every copy of the source: what it is, and the how manieth of its like. */
  nameOf(key: string): string {
    const index = this.keys.add(key)
    const count = this.counts.get(index) + 1
    this.counts.set(index, count)
    return `${key}#${count}`
  }
}
