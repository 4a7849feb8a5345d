// Token counts. Codex states the running total of a thread again and again; what a message used is the growth since then.
// Its `input` holds what came from the cache, and its `output` the reasoning.

import { isObject } from './claude-code-content'
import type { CodexRecord } from './codex-records'
import type { Usage } from './types'

type JsonObject = Record<string, unknown>

const MOST_TOKENS = 2 ** 40
const FIELDS = ['input', 'output', 'cacheRead', 'cacheWrite'] as const

export const NO_USAGE: Usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }

/** The running total that a record states and what the last request used; null when it states none. */
export function statedUsage({
  kind,
  type,
  payload,
}: CodexRecord): { total: Usage; last: Usage; context: number } | null {
  const info = kind === 'event_msg' && type === 'token_count' && isObject(payload.info) ? payload.info : null
  const total = info?.total_token_usage ?? (kind === 'token_usage_record' ? payload.thread_token_usage : null)
  const last = info?.last_token_usage ?? (kind === 'token_usage_record' ? payload.usage : null)
  if (!isObject(total)) return null
  const lastUsage = isObject(last) ? last : {}
  return { total: toUsage(total), last: toUsage(lastUsage), context: count(lastUsage.total_tokens) }
}

function toUsage(usage: JsonObject): Usage {
  return {
    input: count(usage.input_tokens),
    output: count(usage.output_tokens),
    cacheRead: count(usage.cached_input_tokens),
    cacheWrite: count(usage.cache_write_input_tokens),
  }
}

function count(value: unknown): number {
  return typeof value === 'number' && value > 0 ? Math.min(Math.floor(value), MOST_TOKENS) : 0
}

/** What came to a total since the one before; a total that shrank was begun anew, and then the last request is all of it. */
export function growth(before: Usage, total: Usage, last: Usage): Usage {
  const grown = subtract(total, before)
  return FIELDS.some((field) => grown[field] < 0) ? last : grown
}

export function add(a: Usage, b: Usage): Usage {
  return mapFields((field) => a[field] + b[field])
}

export function subtract(a: Usage, b: Usage): Usage {
  return mapFields((field) => a[field] - b[field])
}

export function isNothing(usage: Usage): boolean {
  return FIELDS.every((field) => usage[field] === 0)
}

/** As rows hold it, for every agent alike: `input` without what came from the cache or went into it. */
export function toRowUsage(usage: Usage): Usage {
  return { ...usage, input: Math.max(0, usage.input - usage.cacheRead - usage.cacheWrite) }
}

function mapFields(value: (field: (typeof FIELDS)[number]) => number): Usage {
  return {
    input: value('input'),
    output: value('output'),
    cacheRead: value('cacheRead'),
    cacheWrite: value('cacheWrite'),
  }
}
