// Token counts of model messages: the largest value of each field over all records of a message, on its first row.

import { asNumber, asString, isObject } from './claude-code-content'
import { address, type RowWriter } from './claude-code-rows'
import { IdTable, NumberColumn } from './id-table'
import type { Place } from './tree'
import type { ThreadKey, Usage } from './types'
import { addUsageMaximum, createUsageColumns, usageAt } from './usage-columns'

type JsonObject = Record<string, unknown>

/** The model of messages that the program wrote itself; they cost nothing. */
export const SYNTHETIC_MODEL = '<synthetic>'

const MOST_TOKENS = 2 ** 40

/** Reads the four token counts of a message; fields that are missing or no numbers count 0. */
export function usageOf(message: JsonObject): Usage {
  const usage = isObject(message.usage) ? message.usage : {}
  return {
    input: tokens(usage.input_tokens),
    output: tokens(usage.output_tokens),
    cacheRead: tokens(usage.cache_read_input_tokens),
    cacheWrite: tokens(usage.cache_creation_input_tokens),
  }
}

export function hasUsage(message: JsonObject): boolean {
  const usage = usageOf(message)
  return usage.input + usage.output + usage.cacheRead + usage.cacheWrite > 0
}

function tokens(value: unknown): number {
  return Math.min(Math.max(0, Math.floor(asNumber(value) ?? 0)), MOST_TOKENS)
}

export class MessageUsage {
  private readonly ids = new IdTable()
  private readonly usages = createUsageColumns()
  /** The first row of each message: the id of its segment + 1 (0: it has none yet) and its seq. */
  private readonly segmentIds = new NumberColumn()
  private readonly seqs = new NumberColumn()
  private readonly rows: RowWriter

  constructor(rows: RowWriter) {
    this.rows = rows
  }

  /** Reads a record of a message; `first` is the first row that this record placed. */
  read(message: JsonObject, thread: ThreadKey, first: Place | null): void {
    const { tree } = this.rows
    const index = this.ids.add(asString(message.id) ?? this.rows.nativeId ?? '')
    const isNew = first !== null && this.segmentIds.get(index) === 0
    if (isNew) {
      this.segmentIds.set(index, first.segment.id + 1)
      this.seqs.set(index, first.seq)
    }
    const segmentId = this.segmentIds.get(index) - 1
    const segment = segmentId < 0 ? null : tree.segment(segmentId)
    // A message that a fork copied was paid for in its origin.
    if (segment !== null && tree.isFrozen(segment)) return
    const grew = addUsageMaximum(this.usages, index, usageOf(message), tree.thread(thread).state.tokens)
    if (segment === null || !(grew || isNew)) return
    const usage = usageAt(this.usages, index)
    if (usage.input + usage.output + usage.cacheRead + usage.cacheWrite === 0) return
    const place = { segment, seq: this.seqs.get(index) }
    const row = tree.pendingRow(place)
    if (row !== null) row.usage = usage
    else this.rows.patches.push({ type: 'usage', ...address(place), usage, cost: null })
  }
}
