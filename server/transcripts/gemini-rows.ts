// Rows of Gemini CLI's messages: prompts, thoughts, answers, tool calls with their results, notices.

import type { ChildLinks } from './child-links'
import { asString, isObject } from './claude-code-content'
import type { RowWriter } from './claude-code-rows'
import {
  callAnswer,
  geminiThoughts,
  geminiUsage,
  isGeminiContext,
  isGeminiPrompt,
  partsOf,
  partsText,
  promptText,
  responsesOf,
  responseText,
  thoughtText,
  toolCallsOf,
} from './gemini-content'
import { parseTime } from './iso-time'
import type { KnownRow, LinearRows } from './linear-rows'
import { cleanText, stringifyJson } from './row-text'
import { type PlacedMessage, TEXT_LIMIT, type ThreadKey, TOOL_INPUT_LIMIT } from './types'

type JsonObject = Record<string, unknown>

export class GeminiRows {
  private readonly calls = new Map<string, KnownRow>()

  constructor(
    private readonly rows: RowWriter,
    private readonly talk: LinearRows,
    private readonly children: ChildLinks,
  ) {}

  /** What a person wrote and what tools answered; gives back the words of a prompt. */
  putUser(value: JsonObject, thread: ThreadKey, isSummary: boolean): string | null {
    for (const { id, response } of responsesOf(value.content)) {
      const call = this.calls.get(`${thread}/${id}`)
      const answer = { ...responseText(response), durationMs: null, leftOut: false }
      if (call === undefined) this.putOrphan(id, answer)
      // The same result mostly stands in the call already, as the program showed it.
      else if (call.answer === 0) this.talk.answer(call, answer)
    }
    if (isGeminiContext(value)) this.putNotice({ ...value, type: 'session_context' })
    if (!isGeminiPrompt(value)) return null
    const { text, leftOut } = promptText(value)
    const row = this.talk.textRow('user', isSummary ? 'summary' : 'prompt', thread === '' ? null : 'from_agent', text)
    row.truncated ||= leftOut
    this.talk.put('text', row, true)
    return isSummary ? null : text
  }

  private putOrphan(id: string, answer: { text: string; isError: boolean }): void {
    const row = this.rows.row('tool', 'unknown', 'result_without_call')
    row.nativeToolId = cleanText(id)
    this.talk.answer(this.talk.put(`result ${id}`, row, false), { ...answer, durationMs: null, leftOut: false })
  }

  putModel(value: JsonObject, id: string, thread: ThreadKey): void {
    const model = cleanText(asString(value.model) ?? '') || null
    const begin = (row: PlacedMessage) => {
      row.model = model
      row.nativeMessageId = row.nativeId
      return row
    }
    if (model !== null) this.talk.noteModel(model)
    const thoughts = thoughtText(value.thoughts)
    if (thoughts !== '')
      this.talk.put('thoughts', begin(this.talk.textRow('assistant', 'thinking', null, thoughts)), true)
    const { text, leftOut } = partsText(partsOf(value.content))
    if (text !== '') {
      const row = begin(this.talk.textRow('assistant', 'text', null, text))
      row.truncated ||= leftOut
      this.talk.put('text', row, true)
    }
    for (const [index, call] of toolCallsOf(value).entries()) this.putCall(call, index, begin, id, thread)
    const usage = geminiUsage(value)
    if (usage === null) return
    // A message without content was still paid for: an empty row carries its usage.
    if (usage.input + usage.output > 0 && !this.talk.hasRows()) {
      this.talk.put('text', begin(this.rows.row('assistant', 'text', null)), true)
    }
    // In rows of every agent `input` is what did not come from the cache, and `output` all that the model produced.
    const thinking = geminiThoughts(value)
    this.talk.pay(
      { ...usage, input: Math.max(0, usage.input - usage.cacheRead), output: usage.output + thinking },
      null,
    )
  }

  private putCall(
    call: JsonObject,
    index: number,
    begin: (row: PlacedMessage) => PlacedMessage,
    messageId: string,
    thread: ThreadKey,
  ): void {
    const id = asString(call.id)
    const part = `call ${id ?? index}`
    const isNew = this.talk.find(thread, messageId, part) === undefined
    const row = begin(this.rows.row('tool', 'tool', null))
    const input = stringifyJson(call.args ?? null, TOOL_INPUT_LIMIT)
    row.toolName = cleanText(asString(call.name) ?? 'unknown tool')
    row.toolInput = input.text
    row.truncated = input.truncated
    row.nativeToolId = id === null ? null : cleanText(id)
    const known = this.talk.put(part, row, true)
    if (isNew) known.place.segment.thread.state.toolCallCount++
    if (id !== null) this.calls.set(`${thread}/${id}`, known)
    const answer = callAnswer(call)
    this.linkChild(call, id, answer.isGiven)
    if (answer.isGiven) this.talk.answer(known, { ...answer, durationMs: durationOf(call, this.rows.at) })
  }

  /** Something that is not known is shown as it is. */
  putUnknown(subtype: string, value: JsonObject): void {
    const row = this.rows.row('system', 'unknown', subtype)
    const { text, truncated } = stringifyJson(value, TEXT_LIMIT)
    row.text = text
    row.truncated = truncated
    this.talk.put('unknown', row, false)
  }

  putNotice(value: JsonObject): void {
    const { text } = partsText(partsOf(value.content))
    const row = this.talk.textRow('system', 'notice', asString(value.type), text)
    if (value.type === 'error') row.isError = true
    this.talk.put('text', row, false)
  }

  /** A call of a subagent names the session in which that worked. */
  private linkChild(call: JsonObject, toolId: string | null, finished: boolean): void {
    const child = asString(call.agentId)
    if (child === null) return
    const args = isObject(call.args) ? call.args : {}
    const request = [args.description, args.objective, args.query, args.prompt].find((text) => typeof text === 'string')
    const agentType = asString(args.agent_name) ?? asString(call.name)
    this.children.started(cleanText(child), { toolId, description: asString(request), agentType, finished })
  }
}

/** Milliseconds from the message to the end of the call, as both are written down; null when that says nothing. */
function durationOf(call: JsonObject, messageAt: number | null): number | null {
  const at = parseTime(call.timestamp)
  return at === null || messageAt === null || at <= messageAt ? null : at - messageAt
}
