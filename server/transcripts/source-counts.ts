// What every format counts in the same way: records, broken lines, times, kinds that are not known.

import { MOST_VALUES } from './json-size'
import { MOST_LINE_BYTES } from './json-values'
import type { RawRecord, SourceReport } from './types'

const MAX_NAMED_PROBLEMS = 100
const MAX_NAMED_TYPES = 200

const REASONS = {
  not_json: 'is not valid JSON',
  not_an_object: 'is JSON, but not an object',
  cut: 'ends in the middle of a record',
  bad_utf8: 'is not valid UTF-8',
  too_long: `is longer than ${MOST_LINE_BYTES >> 20} MB: kept byte for byte, but not read`,
  too_many_values: `holds more than ${MOST_VALUES.toLocaleString('en')} values: kept byte for byte, but not read`,
  unreadable: 'could not be taken apart: kept byte for byte, but not read',
}

export class SourceCounts {
  readonly report: SourceReport = {
    records: 0,
    messages: 0,
    prompts: 0,
    assistantMessages: 0,
    toolCalls: 0,
    toolResults: 0,
    toolErrors: 0,
    tokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    firstAt: null,
    lastAt: null,
    unknown: 0,
    unknownTypes: {},
    healed: 0,
    bad: 0,
    problems: [],
  }
  private readonly types = new Map<string, number>()

  /** Counts a record and hands out its value; null when it has none. */
  record(record: RawRecord): Record<string, unknown> | null {
    const { report } = this
    if (record.healed) report.healed++
    if (record.value !== null) {
      report.records++
      return record.value
    }
    report.bad++
    if (report.problems.length < MAX_NAMED_PROBLEMS) {
      report.problems.push({ line: record.line, reason: REASONS[record.problem ?? 'not_json'] })
    }
    return null
  }

  time(at: number | null): void {
    const { report } = this
    if (at === null) return
    if (report.firstAt === null || at < report.firstAt) report.firstAt = at
    if (report.lastAt === null || at > report.lastAt) report.lastAt = at
  }

  unknown(name: string): void {
    this.report.unknown++
    if (this.types.size < MAX_NAMED_TYPES || this.types.has(name)) this.types.set(name, (this.types.get(name) ?? 0) + 1)
  }

  /** The report so far; messages are prompts and messages of the model. */
  total(): SourceReport {
    const { report } = this
    return {
      ...report,
      tokens: { ...report.tokens },
      problems: [...report.problems],
      unknownTypes: Object.fromEntries(this.types),
      messages: report.prompts + report.assistantMessages,
    }
  }
}
