// Counts what one Claude Code source holds, over that source alone.
//
// records            JSON objects, glued ones each
// prompts            see isPrompt: plain words of a person that began a turn; commands, `!` lines, queued and steering
//                    prompts are messages but no prompts; a subagent's file has none
// assistantMessages  different message.id, without the program's own `<synthetic>` messages
// toolCalls          tool_use blocks of assistant records
// toolResults        tool_result blocks of user records; toolErrors those with is_error true
// tokens             per message.id and field the largest value seen, because every record of a message repeats them
// firstAt, lastAt    smallest and largest timestamp of any record, because records are not in order of time
// A uuid that occurs again is a record again, but none of the rest is counted twice.
// Records of subagents inside progress records belong to the subagent and are not counted here.

import { asString, classifyUserText, firstText, hasToolResult, isObject } from './claude-code-content'
import { isPrompt, unknownKind } from './claude-code-records'
import { SYNTHETIC_MODEL, usageOf } from './claude-code-usage'
import { IdTable } from './id-table'
import { parseTime } from './iso-time'
import { MOST_VALUES } from './json-size'
import { MOST_LINE_BYTES } from './json-values'
import type { RawRecord, SourceReport } from './types'
import { addUsageMaximum, createUsageColumns } from './usage-columns'

type JsonObject = Record<string, unknown>

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

/** A counter for one source; `report` may be asked at any time. */
export function createClaudeCodeCounter(): { count(record: RawRecord): void; report(): SourceReport } {
  const uuids = new IdTable()
  const messageIds = new IdTable()
  const usages = createUsageColumns()
  const unknownTypes: Record<string, number> = {}
  const report: SourceReport = {
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
    unknownTypes,
    healed: 0,
    bad: 0,
    problems: [],
  }
  let namedTypes = 0

  function countUnknown(name: string): void {
    report.unknown++
    if (!Object.hasOwn(unknownTypes, name)) {
      if (namedTypes === MAX_NAMED_TYPES) return
      namedTypes++
      Object.defineProperty(unknownTypes, name, { value: 0, writable: true, enumerable: true, configurable: true })
    }
    unknownTypes[name] = (unknownTypes[name] ?? 0) + 1
  }

  function countAssistant(value: JsonObject, repeated: boolean): void {
    const message = isObject(value.message) ? value.message : {}
    if (message.model !== SYNTHETIC_MODEL) {
      const id = asString(message.id) ?? asString(value.uuid) ?? `line ${report.records}`
      const known = messageIds.size
      const index = messageIds.add(id)
      if (messageIds.size > known) report.assistantMessages++
      addUsageMaximum(usages, index, usageOf(message), report.tokens)
    }
    if (repeated || !Array.isArray(message.content)) return
    for (const block of message.content) if (isObject(block) && block.type === 'tool_use') report.toolCalls++
  }

  function countUser(value: JsonObject): void {
    const content = isObject(value.message) ? value.message.content : null
    if (hasToolResult(content)) {
      for (const block of content as unknown[]) {
        if (!isObject(block) || block.type !== 'tool_result') continue
        report.toolResults++
        if (block.is_error === true) report.toolErrors++
      }
    } else if (isPrompt(value)) {
      report.prompts++
      report.messages++
      return
    }
    if (value.isMeta === true || value.isSidechain === true || value.isCompactSummary === true) return
    const text = firstText(content)
    const kind = text === null ? 'hidden' : classifyUserText(text).kind
    if (kind === 'prompt' || kind === 'command') report.messages++
  }

  return {
    count(record) {
      if (record.healed) report.healed++
      const { value } = record
      if (value === null) {
        report.bad++
        if (report.problems.length < MAX_NAMED_PROBLEMS) {
          report.problems.push({ line: record.line, reason: REASONS[record.problem ?? 'not_json'] })
        }
        return
      }
      report.records++
      const at = parseTime(value.timestamp)
      if (at !== null) {
        if (report.firstAt === null || at < report.firstAt) report.firstAt = at
        if (report.lastAt === null || at > report.lastAt) report.lastAt = at
      }
      const uuid = asString(value.uuid)
      const known = uuids.size
      if (uuid !== null) uuids.add(uuid)
      const repeated = uuid !== null && uuids.size === known
      if (value.type === 'assistant') return countAssistant(value, repeated)
      if (repeated) return
      if (value.type === 'user') return countUser(value)
      if (isQueuedPrompt(value)) report.messages++
      const unknown = unknownKind(value)
      if (unknown !== null) countUnknown(unknown)
    },
    report() {
      return { ...report, messages: report.messages + report.assistantMessages }
    },
  }
}

/** A prompt typed while the agent worked: an attachment that carries it to the agent. */
export function isQueuedPrompt(value: JsonObject): boolean {
  const attachment = value.type === 'attachment' && isObject(value.attachment) ? value.attachment : null
  return attachment !== null && attachment.type === 'queued_command' && attachment.commandMode === 'prompt'
}
