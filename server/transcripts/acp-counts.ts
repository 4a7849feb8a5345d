// Counts what one ACP journal holds, over that source alone.
//
// records            JSON objects
// prompts            records of type `prompt`
// assistantMessages  records of type `message`
// toolCalls          different calls; toolResults those that ended, toolErrors those that ended with `failed`
// tokens             of every turn, where the agent says them

import { acpUsage, mergeCall, type AcpCall, toolUpdateOf, unknownAcpKind } from './acp-content'
import { asString } from './claude-code-content'
import { parseTime } from './iso-time'
import { SourceCounts } from './source-counts'
import type { RawRecord, SourceReport } from './types'

/** A counter for one source; `report` may be asked at any time. */
export function createAcpCounter(): { count(record: RawRecord): void; report(): SourceReport } {
  const counts = new SourceCounts()
  const { report } = counts
  const calls = new Map<string, AcpCall>()
  return {
    count(record) {
      const value = counts.record(record)
      if (value === null) return
      counts.time(parseTime(value.at))
      const unknown = unknownAcpKind(value)
      if (unknown !== null) counts.unknown(unknown)
      if (value.type === 'prompt') report.prompts++
      if (value.type === 'message') report.assistantMessages++
      const usage = value.type === 'turn' ? acpUsage(value) : null
      for (const field of ['input', 'output', 'cacheRead', 'cacheWrite'] as const)
        report.tokens[field] += usage?.[field] ?? 0
      const update = toolUpdateOf(value)
      if (update === null) return
      const id = asString(update.toolCallId) ?? ''
      const known = calls.get(id)
      const call = mergeCall(known, update)
      calls.set(id, call)
      if (known === undefined) report.toolCalls++
      if (call.outcome !== null && (known?.outcome ?? null) === null) report.toolResults++
      report.toolErrors += Number(call.outcome?.isError ?? false) - Number(known?.outcome?.isError ?? false)
    },
    report: () => counts.total(),
  }
}
