// Rows of assistant records: text, thinking, tool calls, and what the program itself says in the place of the model.

import type { AgentLinks } from './claude-code-agents'
import { asString, blocksOf, isObject } from './claude-code-content'
import type { RowWriter } from './claude-code-rows'
import type { ToolCalls } from './claude-code-tools'
import { hasUsage, type MessageUsage, SYNTHETIC_MODEL } from './claude-code-usage'
import { cleanText } from './row-text'
import type { Cursor, Place } from './tree'
import type { PlacedMessage } from './types'

type JsonObject = Record<string, unknown>

export class AssistantRows {
  private readonly rows: RowWriter
  private readonly tools: ToolCalls
  private readonly usage: MessageUsage
  private readonly agents: AgentLinks
  private readonly onPlan: (place: Place) => void

  /** `onPlan` is told of the call by which the agent itself begins to plan. */
  constructor(
    rows: RowWriter,
    tools: ToolCalls,
    usage: MessageUsage,
    agents: AgentLinks,
    onPlan: (place: Place) => void,
  ) {
    this.rows = rows
    this.tools = tools
    this.usage = usage
    this.agents = agents
    this.onPlan = onPlan
  }

  /** Places the blocks of an assistant record and reads the usage of its message. */
  read(value: JsonObject, cursor: Cursor): void {
    const message = isObject(value.message) ? value.message : {}
    const model = cleanText(asString(message.model) ?? '') || null
    const synthetic = model === SYNTHETIC_MODEL
    const messageId = cleanText(asString(message.id) ?? '') || null
    const newRow = () => {
      const row = this.rows.row('assistant', 'text', null)
      row.nativeMessageId = messageId
      if (!synthetic) row.model = model
      return row
    }
    let first: Place | null = null
    for (const block of blocksOf(message.content)) {
      const place = this.appendBlock(cursor, newRow(), block, value, synthetic)
      if (place !== null) first ??= place
    }
    if (synthetic) return
    if (model !== null) cursor.thread.state.models.add(model)
    // A message without content was still paid for: an empty row carries its usage.
    if (first === null && hasUsage(message)) first = this.rows.tree.append(cursor, newRow(), true)
    this.usage.read(message, cursor.thread.state.key, first)
  }

  private appendBlock(cursor: Cursor, row: PlacedMessage, block: JsonObject, value: JsonObject, synthetic: boolean) {
    const type = asString(block.type) ?? ''
    if (type === 'text') {
      const text = asString(block.text) ?? ''
      const failed = value.isApiErrorMessage === true
      if (!failed && !synthetic) return this.rows.appendText(cursor, row, text, true)
      row.role = 'system'
      row.kind = 'notice'
      row.subtype = failed ? 'api_error' : text === 'No response requested.' ? 'resumed' : 'synthetic'
      row.isError = failed ? true : null
      return this.rows.appendText(cursor, row, text, false)
    }
    if (type === 'thinking' || type === 'redacted_thinking') {
      row.kind = 'thinking'
      const text = asString(block.thinking) ?? ''
      return text === '' ? this.rows.tree.append(cursor, row, true) : this.rows.appendText(cursor, row, text, true)
    }
    if (type.endsWith('tool_use')) {
      const call = this.tools.append(cursor, row, block)
      if (call.id !== null) this.agents.readCall(call.id, call.name, block.input)
      if (call.name === 'EnterPlanMode') this.onPlan(call.place)
      return call.place
    }
    if (type.endsWith('_tool_result') && this.tools.answer(block, null) !== null) return null
    return this.rows.appendUnknown(cursor, `block:${type.slice(0, 60)}`, block)
  }
}
