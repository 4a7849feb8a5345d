// Token counts of many model messages in typed arrays: the largest value seen of each field.

import { NumberColumn } from './id-table'
import type { Usage } from './types'

const FIELDS = ['input', 'output', 'cacheRead', 'cacheWrite'] as const
const MAX_COUNT = 2 ** 32 - 1

export type UsageColumns = Record<(typeof FIELDS)[number], NumberColumn>

export function createUsageColumns(): UsageColumns {
  return {
    input: new NumberColumn(),
    output: new NumberColumn(),
    cacheRead: new NumberColumn(),
    cacheWrite: new NumberColumn(),
  }
}

/** Raises the counts of message `index` to `usage`; adds the growth to `total`. True if anything grew. */
export function addUsageMaximum(columns: UsageColumns, index: number, usage: Usage, total: Usage): boolean {
  let grew = false
  for (const field of FIELDS) {
    const known = columns[field].get(index)
    const seen = Math.min(usage[field], MAX_COUNT)
    if (seen <= known) continue
    columns[field].set(index, seen)
    total[field] += seen - known
    grew = true
  }
  return grew
}

export function usageAt(columns: UsageColumns, index: number): Usage {
  return {
    input: columns.input.get(index),
    output: columns.output.get(index),
    cacheRead: columns.cacheRead.get(index),
    cacheWrite: columns.cacheWrite.get(index),
  }
}
