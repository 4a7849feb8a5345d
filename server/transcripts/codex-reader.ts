// Reads the records of a Codex session into rows. The program writes most things twice, once as the model's history and
// once as an event for display: prompts are read from the events, all else from the history, and what only events know
// (exit codes, durations, which subagent a call started) is added to it.

import { ChildLinks } from './child-links'
import { asString, isObject } from './claude-code-content'
import { address, RowWriter } from './claude-code-rows'
import { CodexAgents } from './codex-agents'
import { injectedKind, partsText } from './codex-content'
import { CodexFacts, phaseOf } from './codex-facts'
import { callEnd } from './codex-failures'
import { CodexLineage } from './codex-lineage'
import { eventNotice, injectedNotice, mailText } from './codex-notices'
import { type CodexRecord, isCall, isResult, openRecord, promptOf, unknownCodexKind } from './codex-records'
import { CodexPlaces } from './codex-places'
import type { HeldMessage } from './codex-source-state'
import { CodexTools } from './codex-tools'
import { CodexUsage } from './codex-usage-rows'
import { parseTime } from './iso-time'
import { cleanText, stringifyJson } from './row-text'
import { type Place, Tree } from './tree'
import type { RawRecord, ThreadKey, TranscriptReader } from './types'

/** A reader for one session; see TranscriptReader. */
export function createCodexReader(): TranscriptReader {
  return new CodexReader()
}

/** Records after which a message in the place of the user is a prompt no more. */
const PATIENCE = 4

class CodexReader implements TranscriptReader {
  private readonly tree = new Tree()
  private readonly rows = new RowWriter(this.tree)
  private readonly tools = new CodexTools(this.rows)
  private readonly usage = new CodexUsage(this.rows)
  private readonly lineage = new CodexLineage(this.tree)
  private readonly agents = new CodexAgents(new ChildLinks(this.tree))
  private readonly places = new CodexPlaces(this.rows)
  private session = new CodexFacts()

  beginSource(source: number, copiedBytes = 0): void {
    this.rows.source = source
    this.places.beginSource(source)
    this.places.source.copiedBytes = copiedBytes
  }

  beginFork(): void {
    this.tree.beginFork()
    this.session = new CodexFacts()
    this.places.forks++
  }

  /** Nothing of a subagent's talk is stored in the file of its parent. */
  ignoreInlineThreads(): void {}

  read(raw: RawRecord, thread: ThreadKey = ''): void {
    const { places } = this
    places.thread = thread
    this.rows.record = raw
    this.rows.nativeId = null
    this.agents.readChild(thread)
    const { value } = raw
    this.rows.at = value === null ? null : parseTime(value.timestamp)
    if (value === null) return this.readBroken()
    const record = openRecord(value)
    const { source } = places
    places.isCopy = source.history.read(record) || raw.offset < source.copiedBytes
    if (places.isCopy && source.history.isSubagent) return this.usage.skip(source, record)
    this.readRecord(record)
    if (record.ordinal === null) return
    this.lineage.note(this.rows.source, record.ordinal, this.tree.thread(thread).last, raw.offset + raw.length + 1)
  }

  drain() {
    const drained = { messages: this.tree.drain(), patches: this.rows.patches, facts: this.places.facts }
    this.rows.patches = []
    this.places.facts = []
    return drained
  }

  pending() {
    return this.tree.pending()
  }

  threads() {
    return this.tree.threads
  }

  facts() {
    return this.session.facts()
  }

  /** Bytes that are no record get a row, so that a gap is seen; half a last line does not, it may still be written. */
  private readBroken(): void {
    const { problem } = this.rows.record
    if (problem === 'cut') return
    this.places.place(null, (cursor) => {
      const row = this.rows.row('system', 'unknown', `line:${problem ?? 'not_json'}`)
      row.truncated = true
      this.tree.append(cursor, row, false)
    })
  }

  private readRecord(record: CodexRecord): void {
    const { kind } = record
    this.session.read(record, this.rows.at, this.places.thread === '')
    const unknown = unknownCodexKind(record)
    if (unknown !== null) return this.readUnknown(unknown)
    const prompt = promptOf(record)
    this.readHeld(prompt !== null)
    if (prompt !== null) return this.readPrompt(prompt)
    if (kind === 'session_meta') this.readMeta(record)
    else if (kind === 'response_item') this.readItem(record)
    else if (kind === 'event_msg') this.readEvent(record)
    else if (kind === 'compacted') this.readCompaction(asString(record.payload.message) ?? '', true)
    else if (kind === 'turn_context') this.readTurn(record)
    this.usage.read(this.places, record)
  }

  /** The first header says where a source goes on that does not begin at the beginning. */
  private readMeta({ payload }: CodexRecord): void {
    const { meta } = this.places.source.history
    if (meta === null || meta.id !== payload.id) return
    this.agents.readMeta(this.tree.thread(this.places.thread).state, meta)
    if (meta.base === null) return
    const key = `base ${meta.base.ordinal} ${meta.base.bytes ?? ''}`
    const at = this.lineage.find(meta.base, this.rows.source)
    const isNew = this.places.place(key, (cursor) => {
      if (at !== null) return
      const text = 'What was said before lies in another transcript, which was not imported.'
      this.places.appendNotice(cursor, { subtype: 'history_missing', text, isError: false })
    })
    if (at === null) return
    if (this.tree.isFrozen(at.segment)) this.tree.revisit(at, undefined, false)
    else this.places.goBack(at, isNew)
  }

  private readTurn(record: CodexRecord): void {
    const model = cleanText(asString(record.payload.model) ?? '') || null
    if (model !== null) this.places.source.model = model
    const phase = this.places.thread === '' ? phaseOf(record) : null
    if (phase === null || phase === this.session.phase) return
    this.session.phase = phase
    this.places.facts.push({ type: 'phase', phase, at: this.rows.at, ...address(this.tree.thread('').last) })
  }

  private readPrompt(prompt: { text: string; leftOut: boolean; source: string }): void {
    const { source } = this.places
    if (source.twins.isTwin(prompt)) return
    source.lastPrompt = prompt.text
    const isOwn = this.places.thread === '' && !source.history.isSubagent
    this.session.readPrompt(prompt.text, isOwn)
    this.agents.readPrompt(this.tree.thread(this.places.thread).state, prompt.text)
    this.places.place(`prompt ${prompt.text}`, (cursor) => {
      this.places.appendText(cursor, 'prompt', isOwn ? null : 'from_agent', prompt)
    })
    const { last } = this.tree.thread(this.places.thread)
    source.turns.push({ segment: last.segment, seq: Math.max(0, last.seq - 1) })
  }

  /** A message that no prompt followed was put there by the program. */
  private readHeld(isPrompt: boolean): void {
    const { held } = this.places.source
    if (held === null) return
    if (isPrompt) this.places.source.held = null
    else if (--held.patience < 0) this.placeHeld(held)
  }

  private placeHeld(held: HeldMessage): void {
    this.places.source.held = null
    const { record, at } = this.rows
    Object.assign(this.rows, { record: held.record, at: held.at })
    this.places.placeNotice(`user ${held.text}`, injectedNotice(held.text))
    Object.assign(this.rows, { record, at })
  }

  private readItem(record: CodexRecord): void {
    const { type, payload } = record
    this.rows.nativeId = asString(payload.id)
    if (type === 'message') this.readMessage(record)
    else if (type === 'reasoning') this.readReasoning(record)
    else if (isCall(record) || type === 'web_search_call' || type === 'image_generation_call') this.readCall(record)
    else if (isResult(record)) this.readResult(record)
    else if (type === 'agent_message') this.readMail(record)
  }

  private readMessage({ payload, bare }: CodexRecord): void {
    const content = partsText(payload.content)
    if (payload.role === 'assistant') return this.places.placeModelText(`assistant ${content.text}`, 'text', content)
    if (payload.role !== 'user') return
    const { text } = content
    this.agents.readNotification(text)
    if (injectedKind(text) !== null || bare) return this.places.placeNotice(`user ${text}`, injectedNotice(text))
    if (text === '' || text === this.places.source.lastPrompt) return
    if (this.places.source.held !== null) this.placeHeld(this.places.source.held)
    this.places.source.held = { record: this.rows.record, at: this.rows.at, text, patience: PATIENCE }
  }

  private readReasoning({ payload }: CodexRecord): void {
    const [content, summary] = [partsText(payload.content), partsText(payload.summary)]
    const said = content.text === '' ? summary : content
    if (said.text !== '') this.places.placeModelText(`reasoning ${said.text}`, 'thinking', said)
  }

  private readCall(record: CodexRecord): void {
    const { type, payload } = record
    const id =
      asString(payload.call_id) ??
      asString(payload.id) ??
      stringifyJson(payload.action ?? null, Number.POSITIVE_INFINITY).text
    this.agents.readCall(record)
    this.places.place(`${type} ${id}`, (cursor) =>
      this.places.noteResponse(this.tools.append(cursor, record, this.places.source.model)),
    )
  }

  private readResult(record: CodexRecord): void {
    this.agents.readResult(record)
    this.places.place(`${record.type} ${asString(record.payload.call_id) ?? ''}`, (cursor) => {
      if (!this.tools.answer(record)) this.tools.appendOrphan(cursor, record)
    })
  }

  /** Mail between agents: in a subagent's thread what it is asked, else a line that tells of it. */
  private readMail(record: CodexRecord): void {
    const text = mailText(record)
    const key = `agent_message ${asString(record.payload.id) ?? text}`
    this.agents.readMail(record)
    if (this.places.thread === '')
      return this.places.placeNotice(key, { subtype: 'agent_message', text, isError: false })
    this.places.place(key, (cursor) =>
      this.places.appendText(cursor, 'prompt', 'from_agent', partsText(record.payload.content)),
    )
  }

  private readEvent(record: CodexRecord): void {
    const { type, payload } = record
    const end = callEnd(record)
    if (end !== null) this.tools.finish(end)
    this.agents.readEvent(record, this.tree.thread(this.places.thread).state)
    if (type === 'thread_rolled_back') return this.readRollback(payload.num_turns)
    if (type === 'context_compacted') return this.readCompaction('', false)
    if (type === 'item_completed' && isObject(payload.item) && payload.item.type === 'Plan') {
      const text = asString(payload.item.text) ?? ''
      return this.places.placeModelText(`plan ${text}`, 'text', { text, leftOut: false }, 'plan')
    }
    const notice = eventNotice(record)
    if (notice !== null) this.places.placeNotice(`${type} ${asString(payload.turn_id) ?? ''} ${notice.text}`, notice)
  }

  /** The person took back their last prompts: the conversation goes on before them. */
  private readRollback(count: unknown): void {
    const { turns } = this.places.source
    if (typeof count !== 'number' || count < 1 || turns.length === 0) return
    const target = turns[Math.max(0, turns.length - count)] as Place
    this.places.source.turns = turns.slice(0, Math.max(0, turns.length - count))
    this.places.goBack(
      target,
      this.places.place('thread_rolled_back', () => undefined),
    )
  }

  private readCompaction(summary: string, isRecord: boolean): void {
    const isTwin = !isRecord && this.places.source.compacted
    this.places.source.compacted = isRecord
    if (isTwin) return
    this.places.place('compaction', (cursor) => {
      const notice = { subtype: 'compact_boundary', text: 'Conversation compacted', isError: false }
      const place = this.places.appendNotice(cursor, notice)
      const preTokens = this.places.source.context
      this.places.facts.push({ type: 'compaction', trigger: null, preTokens, at: this.rows.at, ...address(place) })
      if (summary !== '') this.places.appendText(cursor, 'summary', null, { text: summary, leftOut: false })
    })
  }

  private readUnknown(subtype: string): void {
    const { value } = this.rows.record
    this.places.place(`unknown ${subtype}`, (cursor) => this.rows.appendUnknown(cursor, subtype, value))
  }
}
