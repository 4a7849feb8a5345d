// Counts what one OpenCode document holds.
//
// records            documents: one
// prompts            messages of role `user` in which a person wrote something (a child session has none, its prompts are
//                    those of the agent that started it)
// assistantMessages  messages of role `assistant`
// toolCalls          tool parts; toolResults those that ended; toolErrors those that ended with an error
// tokens             sums over the model's messages
// firstAt, lastAt    smallest and largest time at which a message was created or completed

import { isObject } from './claude-code-content'
import {
  isOpenCodeDocument,
  messagesOf,
  openCodeUsage,
  promptOf,
  timesOf,
  toolState,
  unknownOpenCodePart,
  unknownOpenCodeRole,
} from './opencode-content'
import { SourceCounts } from './source-counts'
import type { RawRecord, SourceReport } from './types'

/** A counter for one source; `report` may be asked at any time. */
export function createOpenCodeCounter(): { count(record: RawRecord): void; report(): SourceReport } {
  const counts = new SourceCounts()
  const { report } = counts
  return {
    count(record) {
      const value = counts.record(record)
      if (value === null) return
      if (!isOpenCodeDocument(value)) return counts.unknown('record:')
      const isChild = isObject(value.info) && typeof value.info.parentID === 'string'
      for (const message of messagesOf(value)) {
        const { created, completed } = timesOf(message.info)
        counts.time(created)
        counts.time(completed)
        const unknown = unknownOpenCodeRole(message.info)
        if (unknown !== null) counts.unknown(unknown)
        if (message.info.role === 'assistant') {
          report.assistantMessages++
          const usage = openCodeUsage(message.info)
          for (const field of ['input', 'output', 'cacheRead', 'cacheWrite'] as const) {
            report.tokens[field] += usage[field]
          }
        } else if (!isChild && promptOf(message) !== null) report.prompts++
        for (const { part } of message.parts) {
          const unknownPart = unknownOpenCodePart(part)
          if (unknownPart !== null) counts.unknown(unknownPart)
          if (part.type !== 'tool' || message.info.role !== 'assistant') continue
          const { ended, isError } = toolState(part)
          report.toolCalls++
          if (ended) report.toolResults++
          if (isError) report.toolErrors++
        }
      }
    },
    report: () => counts.total(),
  }
}
