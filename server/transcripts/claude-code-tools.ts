// Joins tool calls with their results: one row for both, patched when the row has been handed out before the result came.

import { asNumber, asString, contentText, isObject } from './claude-code-content'
import { address, type RowWriter } from './claude-code-rows'
import { cleanText, setText, stringifyJson } from './row-text'
import type { Cursor, Place } from './tree'
import { type PlacedMessage, TOOL_INPUT_LIMIT, TOOL_RESULT_LIMIT } from './types'

type JsonObject = Record<string, unknown>

/** A call that waits for its result. */
type OpenCall = { place: Place; at: number | null; name: string }

export type Answer = { name: string; place: Place; isError: boolean }

const MAX_DURATION = 2 ** 31 - 1

export class ToolCalls {
  private readonly open = new Map<string, OpenCall>()
  private readonly rows: RowWriter

  constructor(rows: RowWriter) {
    this.rows = rows
  }

  /** Makes `row` the row of a tool call and places it. */
  append(cursor: Cursor, row: PlacedMessage, block: JsonObject): { id: string | null; name: string; place: Place } {
    const id = asString(block.id)
    const name = asString(block.name) ?? 'unknown tool'
    const input = stringifyJson(block.input ?? null, TOOL_INPUT_LIMIT)
    row.kind = 'tool'
    row.role = 'tool'
    row.toolName = cleanText(name)
    row.nativeToolId = id === null ? null : cleanText(id)
    row.toolInput = input.text
    row.truncated = input.truncated
    const place = this.rows.tree.append(cursor, row, true)
    cursor.thread.state.toolCallCount++
    if (id !== null) this.open.set(id, { place, at: this.rows.at, name })
    return { id, name, place }
  }

  /** Adds a result to the row of its call; null when that call is not at hand (or belongs to a fork's origin). */
  answer(block: JsonObject, toolUseResult: unknown): Answer | null {
    const { tree } = this.rows
    const id = asString(block.tool_use_id) ?? ''
    const call = this.open.get(id)
    if (call === undefined || tree.isFrozen(call.place.segment)) return null
    this.open.delete(id)
    const draft = this.draft(block)
    const found = {
      toolResult: draft.toolResult,
      isError: draft.isError,
      durationMs: durationOf(toolUseResult, call.at, this.rows.at),
      resultSource: draft.source,
      resultOffset: draft.offset,
      resultLength: draft.length,
    }
    const row = tree.pendingRow(call.place)
    if (row === null) {
      this.rows.patches.push({ type: 'result', ...address(call.place), ...found, truncated: draft.truncated })
    } else {
      Object.assign(row, found)
      row.truncated ||= draft.truncated
      tree.addCharacters(draft.toolResult?.length ?? 0)
    }
    return { name: call.name, place: call.place, isError: draft.isError === true }
  }

  /** A result whose call is not in the source, as in files that begin in mid-session. */
  appendOrphan(cursor: Cursor, block: JsonObject): void {
    const row = this.draft(block)
    row.nativeToolId = cleanText(asString(block.tool_use_id) ?? '') || null
    this.rows.tree.append(cursor, row, false)
  }

  private draft(block: JsonObject): PlacedMessage {
    const row = this.rows.row('tool', 'unknown', 'result_without_call')
    const { text, leftOut } = contentText(block.content)
    setText(row, 'toolResult', text, TOOL_RESULT_LIMIT)
    row.truncated ||= leftOut
    row.isError = block.is_error === true
    return row
  }
}

/** Milliseconds a tool took: as its result says, else between the two records. */
function durationOf(toolUseResult: unknown, calledAt: number | null, answeredAt: number | null): number | null {
  if (isObject(toolUseResult)) {
    const seconds = asNumber(toolUseResult.durationSeconds)
    const said =
      asNumber(toolUseResult.durationMs) ??
      asNumber(toolUseResult.totalDurationMs) ??
      asNumber(toolUseResult.duration) ??
      (seconds === null ? null : seconds * 1000)
    if (said !== null && said >= 0) return Math.min(Math.round(said), MAX_DURATION)
  }
  if (calledAt === null || answeredAt === null) return null
  return Math.min(Math.max(0, answeredAt - calledAt), MAX_DURATION)
}
