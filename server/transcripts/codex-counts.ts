// Counts what one Codex source holds, over that source alone.
//
// records            JSON objects, also those copied from a parent
// prompts            messages of a person as the program shows them; in the file of a subagent or review there are none
// assistantMessages  `message` items of the assistant (the events that repeat them are not counted)
// toolCalls          calls of functions and tools; searches of the web that the model's maker runs are no calls
// toolResults        their outputs; toolErrors different calls of which an exit code, or an event, says that they failed
// tokens             the last running total, less that at the end of a copied history; input holds what was cached
// firstAt, lastAt    smallest and largest timestamp of any record
// A history that a subagent's file copied from its parent is counted as records only.

import { asString } from './claude-code-content'
import { callEnd, outputFailed } from './codex-failures'
import { InheritedHistory } from './codex-inherited'
import {
  isAssistantMessage,
  isCall,
  isResult,
  openRecord,
  promptOf,
  PromptTwins,
  unknownCodexKind,
} from './codex-records'
import { add, growth, NO_USAGE, statedUsage } from './codex-usage'
import { IdTable } from './id-table'
import { parseTime } from './iso-time'
import { SourceCounts } from './source-counts'
import type { RawRecord, SourceReport, Usage } from './types'

/** A counter for one source; `report` may be asked at any time. */
export function createCodexCounter(): { count(record: RawRecord): void; report(): SourceReport } {
  const counts = new SourceCounts()
  const { report } = counts
  const history = new InheritedHistory()
  const twins = new PromptTwins()
  const calls = new IdTable()
  const failed = new IdTable()
  let before: Usage | null = null

  function countFailure(callId: string | null): void {
    if (callId === null || calls.find(callId) < 0) return
    failed.add(callId)
    report.toolErrors = failed.size
  }

  function countTokens(record: ReturnType<typeof openRecord>, inherited: boolean): void {
    const stated = statedUsage(record)
    if (stated === null) return
    const goesOn = before === null && history.meta?.base != null
    if (!inherited) {
      const used = goesOn ? stated.last : growth(before ?? NO_USAGE, stated.total, stated.last)
      report.tokens = add(report.tokens, used)
    }
    before = stated.total
  }

  return {
    count(raw) {
      const value = counts.record(raw)
      if (value === null) return
      counts.time(parseTime(value.timestamp))
      const record = openRecord(value)
      const isCopy = history.read(record)
      const inherited = isCopy && history.isSubagent
      countTokens(record, inherited)
      if (inherited) return
      const callId = asString(record.payload.call_id)
      if (isAssistantMessage(record)) report.assistantMessages++
      else if (isCall(record)) {
        report.toolCalls++
        if (callId !== null) calls.add(callId)
      } else if (isResult(record)) {
        report.toolResults++
        if (outputFailed(record)) countFailure(callId)
      }
      const end = callEnd(record)
      if (end?.failed === true) countFailure(end.callId)
      const prompt = promptOf(record)
      if (prompt !== null && !twins.isTwin(prompt) && !history.isSubagent) report.prompts++
      const unknown = unknownCodexKind(record)
      if (unknown !== null) counts.unknown(unknown)
    },
    report: () => counts.total(),
  }
}
