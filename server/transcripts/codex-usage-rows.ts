// Puts what a response used on the first row of the response: the growth of the running total since the one before.

import { address, type RowWriter } from './claude-code-rows'
import type { CodexPlaces } from './codex-places'
import type { CodexRecord } from './codex-records'
import type { CodexSourceState } from './codex-source-state'
import { add, growth, isNothing, NO_USAGE, statedUsage, toRowUsage } from './codex-usage'
import { IdTable } from './id-table'
import type { ThreadKey, Usage } from './types'

export class CodexUsage {
  /** Totals that were paid for, over all copies of the session. */
  private readonly seen = new IdTable()

  constructor(private readonly rows: RowWriter) {}

  /** Reads a total in a history that was copied: it was paid for elsewhere. */
  skip(source: CodexSourceState, record: CodexRecord): void {
    source.total = statedUsage(record)?.total ?? source.total
  }

  /** Reads a record for the running total it may state. A copy's may have been paid for before the fork. */
  read({ source, thread, forks, isCopy }: CodexPlaces, record: CodexRecord): void {
    const stated = statedUsage(record)
    if (stated === null) return
    const { total, last, context } = stated
    const used = source.total !== null || isFresh(source) ? growth(source.total ?? NO_USAGE, total, last) : last
    source.total = total
    if (context > 0) source.context = context
    if (isNothing(used)) return
    const name = `${thread} ${source.history.meta?.base?.ordinal ?? ''} ${total.input} ${total.output} ${total.cacheRead}`
    let known = this.seen.find(`${forks} ${name}`) >= 0
    for (let fork = isCopy ? forks - 1 : -1; fork >= 0 && !known; fork--) known = this.seen.find(`${fork} ${name}`) >= 0
    this.seen.add(`${forks} ${name}`)
    if (!known) this.pay(source, used, thread)
    source.firstRow = null
  }

  private pay(source: CodexSourceState, used: Usage, thread: ThreadKey): void {
    const { tree, patches } = this.rows
    if (source.firstRow !== null) source.paid = { place: source.firstRow, usage: NO_USAGE }
    source.paid ??= { place: this.placeEmpty(source, thread), usage: NO_USAGE }
    const { paid } = source
    if (tree.isFrozen(paid.place.segment)) return
    paid.usage = add(paid.usage, used)
    const state = paid.place.segment.thread.state
    state.tokens = add(state.tokens, toRowUsage(used))
    const usage = toRowUsage(paid.usage)
    const row = tree.pendingRow(paid.place)
    if (row !== null) row.usage = usage
    else patches.push({ type: 'usage', ...address(paid.place), usage, cost: null })
  }

  /** Tokens of a response that left no other record: an empty row carries them. */
  private placeEmpty(source: CodexSourceState, thread: ThreadKey) {
    const { tree } = this.rows
    const row = this.rows.row('assistant', 'text', null)
    row.model = source.model
    const cursor = tree.enter({ thread, id: null, parentId: undefined, isPrompt: false })
    const place = tree.append(cursor, row, false)
    tree.leave(cursor)
    return place
  }
}

/** True for a source that holds its thread from the beginning on, so that its first total is what it used itself. */
function isFresh({ history }: CodexSourceState): boolean {
  return history.meta !== null && history.meta.base === null
}
