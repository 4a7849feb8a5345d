// Tool calls and their results: one row for both, patched when the row has been handed out before the result came. What an
// event says of a call (exit code, duration) comes before its output, or long after it when a command went on running.

import { asString, isObject } from './claude-code-content'
import { address, type RowWriter } from './claude-code-rows'
import { outputText } from './codex-content'
import { type CallEnd, outputFailed } from './codex-failures'
import type { CodexRecord } from './codex-records'
import { cleanText, setText, stringifyJson } from './row-text'
import type { Cursor, Place } from './tree'
import { type MessagePatch, TOOL_INPUT_LIMIT, TOOL_RESULT_LIMIT } from './types'

type JsonObject = Record<string, unknown>
type ResultPatch = Extract<MessagePatch, { type: 'result' }>
type OpenCall = { place: Place; at: number | null; end: CallEnd | null }

const MAX_DURATION = 2 ** 31 - 1
/** An output that only says that its command goes on; the event that ends it is still to come. */
const STILL_RUNNING = /^(?:Process|Script) running with/m

export class CodexTools {
  private readonly open = new Map<string, OpenCall>()
  /** Answered calls whose command still ran then. */
  private readonly running = new Map<string, ResultPatch>()

  constructor(private readonly rows: RowWriter) {}

  /** Places the row of a call. */
  append(cursor: Cursor, { type, payload }: CodexRecord, model: string | null): Place {
    const id = asString(payload.call_id) ?? asString(payload.id)
    const input = stringifyJson(inputOf(type, payload), TOOL_INPUT_LIMIT)
    const row = this.rows.row('tool', 'tool', null)
    row.toolName = cleanText(nameOf(type, payload))
    row.nativeToolId = id === null ? null : cleanText(id)
    row.toolInput = input.text
    row.truncated = input.truncated
    row.model = model
    const place = this.rows.tree.append(cursor, row, true)
    cursor.thread.state.toolCallCount++
    if (id !== null && type !== 'web_search_call') this.open.set(id, { place, at: this.rows.at, end: null })
    return place
  }

  /** Adds an output to the row of its call; false when that call is not at hand (or belongs to a fork's origin). */
  answer(record: CodexRecord): boolean {
    const { tree, source, record: raw } = this.rows
    const id = asString(record.payload.call_id) ?? ''
    const call = this.open.get(id)
    if (call === undefined || tree.isFrozen(call.place.segment)) return false
    this.open.delete(id)
    const draft = this.draft(record)
    const { at, end } = call
    const took = at === null || this.rows.at === null ? null : Math.max(0, this.rows.at - at)
    const found = {
      toolResult: draft.toolResult,
      isError: draft.isError === true || end?.failed === true,
      durationMs: limit(end?.durationMs ?? took),
      resultSource: source,
      resultOffset: raw.offset,
      resultLength: raw.length,
    }
    const patch: ResultPatch = { type: 'result', ...address(call.place), ...found, truncated: draft.truncated }
    if (end === null && STILL_RUNNING.test(draft.toolResult ?? '')) this.running.set(id, patch)
    this.apply(call.place, patch)
    return true
  }

  /** Takes what an event says of the end of a call. */
  finish(end: CallEnd): void {
    const call = this.open.get(end.callId)
    if (call !== undefined) {
      call.end = end
      return
    }
    const patch = this.running.get(end.callId)
    if (patch === undefined) return
    this.running.delete(end.callId)
    const segment = this.rows.tree.thread(patch.thread).segments[patch.segment]
    if (segment === undefined || this.rows.tree.isFrozen(segment)) return
    const known = { isError: patch.isError === true || end.failed === true, durationMs: limit(end.durationMs) }
    this.apply({ segment, seq: patch.seq }, { ...patch, ...known })
  }

  /** An output whose call is not in the source, as in files that begin in mid-session. */
  appendOrphan(cursor: Cursor, record: CodexRecord): void {
    const row = this.draft(record)
    row.nativeToolId = cleanText(asString(record.payload.call_id) ?? '') || null
    this.rows.tree.append(cursor, row, false)
  }

  private apply(place: Place, patch: ResultPatch): void {
    const { tree, patches } = this.rows
    const row = tree.pendingRow(place)
    if (row === null) {
      patches.push(patch)
      return
    }
    const { toolResult, isError, durationMs, resultSource, resultOffset, resultLength } = patch
    if (row.toolResult === null) tree.addCharacters(toolResult?.length ?? 0)
    Object.assign(row, { toolResult, isError, durationMs, resultSource, resultOffset, resultLength })
    row.truncated ||= patch.truncated
  }

  private draft(record: CodexRecord) {
    const row = this.rows.row('tool', 'unknown', 'result_without_call')
    const { output, tools } = record.payload
    const { text, leftOut } = output === undefined ? { text: toolNames(tools), leftOut: false } : outputText(output)
    setText(row, 'toolResult', text, TOOL_RESULT_LIMIT)
    row.truncated ||= leftOut
    row.isError = outputFailed(record)
    return row
  }
}

/** The name of a call's tool; that of a server's tool as `mcp__server__tool`. */
function nameOf(type: string, payload: JsonObject): string {
  if (type === 'local_shell_call') return 'local_shell'
  if (!type.startsWith('function') && !type.startsWith('custom')) return type.replace(/_call$/, '')
  const name = asString(payload.name) ?? 'unknown tool'
  const space = asString(payload.namespace)
  return space?.startsWith('mcp__') === true ? `${space}__${name.replace(/^_+/, '')}` : name
}

/** Arguments are JSON inside a string; a tool of its own kind takes plain text. */
function inputOf(type: string, payload: JsonObject): unknown {
  if (type === 'custom_tool_call') return { input: payload.input ?? null }
  if (type === 'web_search_call' || type === 'local_shell_call') return payload.action ?? null
  if (type === 'image_generation_call') return { prompt: payload.revised_prompt ?? null }
  const { arguments: given } = payload
  if (typeof given !== 'string') return given ?? null
  try {
    return JSON.parse(given)
  } catch {
    return { arguments: given }
  }
}

/** What a search for tools found, in place of an output. */
function toolNames(tools: unknown): string {
  const found = Array.isArray(tools) ? tools.filter(isObject) : []
  return found
    .flatMap(({ name, tools: inner }) => [asString(name), ...(Array.isArray(inner) ? [toolNames(inner)] : [])])
    .filter((name): name is string => name !== null && name !== '')
    .join('\n')
}

function limit(duration: number | null): number | null {
  return duration === null ? null : Math.min(duration, MAX_DURATION)
}
