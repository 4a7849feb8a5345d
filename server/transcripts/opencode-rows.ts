// Rows of the parts of OpenCode's messages.

import type { ChildLinks } from './child-links'
import { asNumber, asString, isObject } from './claude-code-content'
import { address, type RowWriter } from './claude-code-rows'
import type { LinearRows } from './linear-rows'
import { errorOf, openCodeCost, openCodeUsage, reasoningApart, toolState } from './opencode-content'
import { cleanText, stringifyJson } from './row-text'
import { type PlacedMessage, TEXT_LIMIT, type ThreadKey, TOOL_INPUT_LIMIT } from './types'

type JsonObject = Record<string, unknown>

export class OpenCodeRows {
  constructor(
    private readonly rows: RowWriter,
    private readonly talk: LinearRows,
    private readonly children: ChildLinks,
  ) {}

  /** What the program added to a prompt: read files, reminders, the mark of a compaction. */
  putUserPart(name: string, part: JsonObject, thread: ThreadKey, messageKey: string): void {
    if (part.type === 'text' && part.synthetic === true) {
      this.talk.put(name, this.talk.textRow('system', 'notice', 'synthetic', asString(part.text) ?? ''), false)
    }
    if (part.type !== 'compaction') return
    const isNew = this.talk.find(thread, messageKey, name) === undefined
    const row = this.talk.textRow('system', 'notice', 'compact_boundary', 'Conversation compacted')
    const { place } = this.talk.put(name, row, false)
    if (!isNew) return
    const trigger = part.auto === true ? 'auto' : 'manual'
    this.talk.facts.push({ type: 'compaction', trigger, preTokens: null, at: this.rows.at, ...address(place) })
  }

  putModelPart(name: string, part: JsonObject, info: JsonObject, thread: ThreadKey, messageKey: string): void {
    const text = asString(part.text) ?? ''
    switch (part.type) {
      case 'text':
        if (text === '') return
        if (part.synthetic === true) {
          this.talk.put(name, this.talk.textRow('system', 'notice', 'synthetic', text), false)
        } else {
          const kind = info.summary === true ? 'summary' : 'text'
          this.talk.put(name, this.ofModel(this.talk.textRow('assistant', kind, null, text), info), true)
        }
        return
      case 'reasoning':
        if (text === '') return
        this.talk.put(name, this.ofModel(this.talk.textRow('assistant', 'thinking', null, text), info), true)
        return
      case 'tool':
        this.putTool(name, part, info, thread, messageKey)
        return
      case 'patch': {
        const files = Array.isArray(part.files) ? part.files.filter((file) => typeof file === 'string') : []
        if (files.length === 0) return
        this.talk.put(name, this.talk.textRow('system', 'notice', 'patch', `Changed ${files.join(', ')}`), false)
        return
      }
      case 'retry': {
        const said = errorOf(part)?.text ?? 'The request to the model failed'
        const attempt = asNumber(part.attempt)
        const row = this.talk.textRow(
          'system',
          'notice',
          'api_error',
          attempt === null ? said : `${said} (try ${attempt})`,
        )
        row.isError = true
        this.talk.put(name, row, false)
      }
    }
  }

  /** What a model's message says beside its parts: its error, its cost. */
  endModelMessage(info: JsonObject): void {
    const model = modelOf(info)
    const error = errorOf(info)
    if (error !== null) {
      const row = this.talk.textRow('system', 'notice', error.isAbort ? 'interrupt' : 'api_error', error.text)
      row.isError = error.isAbort ? null : true
      this.talk.put('error', row, false)
    }
    const usage = openCodeUsage(info)
    if (usage.input + usage.output + usage.cacheRead + usage.cacheWrite === 0) return
    // A message without content was still paid for: an empty row carries its usage.
    if (!this.talk.hasRows()) this.talk.put('empty', this.ofModel(this.rows.row('assistant', 'text', null), info), true)
    // In rows of every agent `output` is all that the model produced.
    this.talk.pay({ ...usage, output: usage.output + reasoningApart(info) }, openCodeCost(info))
    if (model !== null) this.talk.noteModel(model)
  }

  /** Something that is not known is shown as it is. */
  putUnknown(name: string | null, subtype: string, value: JsonObject): void {
    const row = this.rows.row('system', 'unknown', subtype)
    const { text, truncated } = stringifyJson(value, TEXT_LIMIT)
    row.text = text
    row.truncated = truncated
    this.talk.put(name, row, false)
  }

  private putTool(name: string, part: JsonObject, info: JsonObject, thread: ThreadKey, messageKey: string): void {
    const state = toolState(part)
    const callId = asString(part.callID)
    const isNew = this.talk.find(thread, messageKey, name) === undefined
    const row = this.ofModel(this.rows.row('tool', 'tool', null), info)
    const input = stringifyJson(state.input, TOOL_INPUT_LIMIT)
    row.toolName = cleanText(asString(part.tool) ?? 'unknown tool')
    row.toolInput = input.text
    row.truncated = input.truncated
    row.nativeToolId = callId === null ? null : cleanText(callId)
    const known = this.talk.put(name, row, true)
    if (isNew) known.place.segment.thread.state.toolCallCount++
    if (state.childId !== null) {
      const args = isObject(state.input) ? state.input : {}
      this.children.started(cleanText(state.childId), {
        toolId: callId,
        description: asString(args.description) ?? asString(args.prompt),
        agentType: asString(args.subagent_type),
        finished: state.ended,
      })
    }
    if (state.ended) this.talk.answer(known, state)
  }

  private ofModel(row: PlacedMessage, info: JsonObject): PlacedMessage {
    row.model = modelOf(info)
    row.nativeMessageId = row.nativeId
    return row
  }
}

function modelOf(info: JsonObject): string | null {
  return cleanText(asString(info.modelID) ?? '') || null
}
