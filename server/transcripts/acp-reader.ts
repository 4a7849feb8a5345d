// Reads the journal of a session over ACP into rows. A call gets its row when it is known what it does: most agents announce
// it first and say its input a moment later.

import {
  type AcpCall,
  acpUsage,
  isAcpHeader,
  mergeCall,
  noticeOf,
  toolUpdateOf,
  unknownAcpKind,
  updateOf,
} from './acp-content'
import { asString } from './claude-code-content'
import { parseTime } from './iso-time'
import { LinearReader } from './linear-reader'
import type { KnownRow } from './linear-rows'
import { cleanText, cutText, stringifyJson, toTitle } from './row-text'
import {
  type PlacedMessage,
  type RawRecord,
  type SessionFacts,
  TEXT_LIMIT,
  TOOL_INPUT_LIMIT,
  type TranscriptReader,
} from './types'

type JsonObject = Record<string, unknown>
type OpenCall = { call: AcpCall; row: KnownRow | null; id: string; record: RawRecord; at: number | null }

const MAIN = ''

/** A reader for one session; see TranscriptReader. */
export function createAcpReader(): TranscriptReader {
  return new AcpReader()
}

class AcpReader extends LinearReader implements TranscriptReader {
  private session = emptyFacts()
  private firstPrompt: string | null = null
  /** By the agent's id of the call; agents may use one again in another session. */
  private calls = new Map<string, OpenCall>()
  private readonly callsOf = new Map([[0, this.calls]])
  /** The record whose rows came last: what a turn cost stands there. */
  private lastId: string | null = null

  beginSource(source: number): void {
    this.rows.source = source
    // A source that grew is gone on with: what was announced in it may end only now.
    this.calls = this.callsOf.get(source) ?? new Map()
    this.callsOf.set(source, this.calls)
  }

  beginFork(): void {
    this.tree.beginFork()
    this.session = emptyFacts()
    this.firstPrompt = null
  }

  read(record: RawRecord): void {
    const { value } = record
    this.beginRecord(record)
    if (value === null) return this.readBroken(MAIN)
    this.rows.at = parseTime(value.at)
    this.rows.nativeId = asString(value.id)
    const update = toolUpdateOf(value)
    if (update) return this.readCall(update, record)
    this.placeCalls()
    const unknown = unknownAcpKind(value)
    if (unknown !== null) return this.put(value, () => this.unknownRow(unknown, value), false)
    if (isAcpHeader(value)) this.readHeader(value)
    else if (value.type === 'prompt') this.readPrompt(value)
    else if (value.type === 'message' || value.type === 'thought') this.readWords(value)
    else if (value.type === 'turn') this.readTurn(value)
    const notice = noticeOf(value)
    if (notice) this.put(value, () => this.talk.textRow('system', 'notice', notice.subtype, notice.text), false)
    const info = updateOf(value)
    if (info?.sessionUpdate === 'session_info_update')
      this.session.title = toTitle(asString(info.title)) ?? this.session.title
  }

  facts(): SessionFacts {
    return { ...this.session, title: this.session.title ?? toTitle(this.firstPrompt) }
  }

  private readHeader(value: JsonObject): void {
    const id = asString(value.sessionId)
    if (id !== null) {
      if (this.session.sessionId === null) this.session.sessionId = cleanText(id)
      else if (this.session.sessionId !== cleanText(id)) this.session.otherSessionIds.push(cleanText(id))
    }
    const cwd = asString(value.cwd)
    const { at } = this.rows
    if (cwd !== null) this.session.cwds.push({ cwd: cleanText(cwd), branch: null, firstAt: at, lastAt: at })
    this.session.version = asString(value.agent) ?? this.session.version
    // What was said in another session of the task up to here is what this one was told.
    const after = asString(value.after)
    const place = after === null ? null : this.talk.after(MAIN, after)
    if (place !== null) this.talk.stand(place)
  }

  private readPrompt(value: JsonObject): void {
    const brief = asString(value.brief)
    if (brief !== null) this.put({ id: `${asString(value.id)} brief` }, () => this.textRow('summary', brief), true)
    const text = asString(value.text) ?? ''
    this.firstPrompt ??= text.trim() === '' ? null : cutText(text, 1_000)
    this.put(value, () => this.textRow('prompt', text), true)
  }

  private textRow(kind: 'prompt' | 'summary', text: string): PlacedMessage {
    return this.talk.textRow('user', kind, kind === 'summary' ? 'brief' : null, text)
  }

  private readWords(value: JsonObject): void {
    const kind = value.type === 'thought' ? 'thinking' : 'text'
    this.put(
      value,
      () => {
        const row = this.talk.textRow('assistant', kind, null, asString(value.text) ?? '')
        row.model = cleanText(asString(value.model) ?? '') || null
        row.nativeMessageId = row.nativeId
        if (row.model !== null) this.talk.noteModel(row.model)
        return row
      },
      true,
    )
  }

  private readCall(update: JsonObject, record: RawRecord): void {
    const toolId = asString(update.toolCallId) ?? ''
    const known = this.calls.get(toolId)
    const call = mergeCall(known?.call, update)
    const open: OpenCall = known ?? { call, row: null, id: this.rows.nativeId ?? '', record, at: this.rows.at }
    open.call = call
    this.calls.set(toolId, open)
    // The record that says the input is the one in which it can be read whole.
    if (hasInput(update)) open.record = record
    if (open.row === null && (update.status ?? 'pending') !== 'pending') {
      this.placeCall(toolId, open)
    }
    if (open.row === null || call.outcome === null) return
    const durationMs = this.rows.at !== null && open.at !== null ? Math.max(0, this.rows.at - open.at) : null
    this.talk.answer(open.row, { ...call.outcome, durationMs, leftOut: false })
  }

  /** Calls that were announced and never said more still happened before what comes now. */
  private placeCalls(): void {
    for (const [toolId, open] of this.calls) if (open.row === null) this.placeCall(toolId, open)
  }

  private placeCall(toolId: string, open: OpenCall): void {
    const { record, at, nativeId } = this.rows
    Object.assign(this.rows, { record: open.record, at: open.at, nativeId: open.id })
    this.talk.begin(MAIN, open.id)
    const row = this.rows.row('tool', 'tool', null)
    const input = stringifyJson(open.call.input, TOOL_INPUT_LIMIT)
    row.toolName = cleanText(open.call.name) || 'unknown tool'
    row.toolInput = input.text
    row.truncated = input.truncated
    row.nativeToolId = cleanText(toolId)
    open.row = this.talk.put('call', row, true)
    open.row.place.segment.thread.state.toolCallCount++
    this.talk.end()
    this.lastId = open.id
    Object.assign(this.rows, { record, at, nativeId })
  }

  private readTurn(value: JsonObject): void {
    const usage = acpUsage(value)
    if (usage === null || this.lastId === null) return
    this.talk.begin(MAIN, this.lastId)
    this.talk.pay(usage, null)
    this.talk.end()
  }

  private put(value: JsonObject, make: () => PlacedMessage, isTalk: boolean): void {
    const id = asString(value.id)
    this.talk.begin(MAIN, id)
    this.talk.put('text', make(), isTalk)
    this.talk.end()
    if (isTalk) this.lastId = id
  }

  private unknownRow(subtype: string, value: JsonObject): PlacedMessage {
    const row = this.rows.row('system', 'unknown', subtype)
    return Object.assign(row, stringifyJson(value, TEXT_LIMIT))
  }
}

function hasInput({ rawInput }: JsonObject): boolean {
  return typeof rawInput === 'object' ? Object.keys(rawInput ?? {}).length > 0 : rawInput !== undefined
}

function emptyFacts(): SessionFacts {
  return {
    sessionId: null,
    otherSessionIds: [],
    title: null,
    cwds: [],
    version: null,
    background: false,
    continuesPlan: false,
  }
}
