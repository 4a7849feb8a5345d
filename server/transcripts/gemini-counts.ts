// Counts what one Gemini CLI source holds, over that source alone.
//
// records            JSON objects; a document is one
// prompts            messages of type `user`, also those by which the program goes on ("System: Please continue."), but not
//                    those that only bring results of tools
// assistantMessages  different ids of type `gemini`
// toolCalls          different calls of model messages; toolResults those that have a result, wherever it is stored;
//                    toolErrors those that failed or were cancelled
// tokens             of each message what was written last
// firstAt, lastAt    smallest and largest timestamp of any message
// A message that is written again counts once, as it was written last; messages that a rewind dropped count all the same.

import { asString, isObject } from './claude-code-content'
import { documentIds } from './document-ids'
import {
  geminiUsage,
  hasFailed,
  isGeminiDocument,
  isGeminiPrompt,
  responsesOf,
  responseText,
  toolCallsOf,
  unknownGeminiKind,
} from './gemini-content'
import { parseTime } from './iso-time'
import { SourceCounts } from './source-counts'
import type { RawRecord, SourceReport, Usage } from './types'

type JsonObject = Record<string, unknown>
type Call = { answered: boolean; failed: boolean }

const NOTHING: Usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }

/** A counter for one source; `report` may be asked at any time. */
export function createGeminiCounter(): { count(record: RawRecord): void; report(): SourceReport } {
  const counts = new SourceCounts()
  const { report } = counts
  const messages = new Map<string, Usage>()
  const calls = new Map<string, Call>()

  function countCall(id: string, answered: boolean, failed: boolean): void {
    const known = calls.get(id)
    if (known === undefined) report.toolCalls++
    if (answered && known?.answered !== true) report.toolResults++
    if (failed !== (known?.failed ?? false)) report.toolErrors += failed ? 1 : -1
    calls.set(id, { answered: answered || known?.answered === true, failed })
  }

  function countAnswers(value: JsonObject): void {
    for (const { id, response } of responsesOf(value.content)) {
      const known = calls.get(id)
      if (known?.answered !== false) continue
      countCall(id, true, known.failed || responseText(response).isError)
    }
  }

  function countMessage(value: JsonObject, id: string, isCurrent: boolean): void {
    const unknown = unknownGeminiKind(value)
    const before = messages.get(id)
    if (before !== undefined && !isCurrent) return
    counts.time(parseTime(value.timestamp))
    if (before === undefined) {
      if (unknown !== null) counts.unknown(unknown)
      if (isGeminiPrompt(value)) report.prompts++
      if (value.type === 'gemini') report.assistantMessages++
    }
    const usage = (value.type === 'gemini' ? geminiUsage(value) : null) ?? before ?? NOTHING
    for (const field of ['input', 'output', 'cacheRead', 'cacheWrite'] as const) {
      report.tokens[field] += usage[field] - (before ?? NOTHING)[field]
    }
    messages.set(id, usage)
    if (value.type === 'user') countAnswers(value)
    if (value.type !== 'gemini') return
    for (const [index, call] of toolCallsOf(value).entries()) {
      countCall(asString(call.id) ?? `${id} ${index}`, responsesOf(call.result).length > 0, hasFailed(call))
    }
  }

  function countList(list: unknown[], isCurrent: boolean): void {
    const values = list.filter(isObject)
    const ids = documentIds(values.map((value) => asString(value.id)))
    for (const [index, value] of values.entries()) countMessage(value, ids[index] as string, isCurrent)
  }

  return {
    count(record) {
      const value = counts.record(record)
      if (value === null) return
      if (isGeminiDocument(value)) countList(value.messages as unknown[], true)
      else if (isObject(value.$set)) {
        // The history as it was sent from then on: results may be masked in it, so only what is new in it counts.
        if (Array.isArray(value.$set.messages)) countList(value.$set.messages, false)
      } else if (typeof value.id === 'string') countMessage(value, value.id, true)
      else {
        const unknown = unknownGeminiKind(value)
        if (unknown !== null) counts.unknown(unknown)
      }
    },
    report: () => counts.total(),
  }
}
