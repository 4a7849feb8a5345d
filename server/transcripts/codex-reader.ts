// Reads the records of a Codex session into rows. The program writes most things twice, once as the model's history and
// once as an event for display: prompts are read from the events, all else from the history, and what only events know
// (exit codes, durations, which subagent a call started) is added to it.
//
// Records have no ids that every release writes, so a record is known again by what it says and how often that was said
// before: other copies of a session, and forks that begin with a copy of their origin, place nothing twice.

import { ChildLinks } from './child-links'
import { asString, isObject } from './claude-code-content'
import { address, RowWriter } from './claude-code-rows'
import { CodexAgents } from './codex-agents'
import { injectedKind, partsText } from './codex-content'
import { CodexFacts, phaseOf } from './codex-facts'
import { callEnd } from './codex-failures'
import { CodexLineage } from './codex-lineage'
import { type CodexNotice, eventNotice, injectedNotice, mailText } from './codex-notices'
import { type CodexRecord, isCall, isResult, openRecord, promptOf, unknownCodexKind } from './codex-records'
import { CodexSourceState, type HeldMessage } from './codex-source-state'
import { CodexTools } from './codex-tools'
import { CodexUsage } from './codex-usage-rows'
import { parseTime } from './iso-time'
import { cleanText, setText } from './row-text'
import { type Cursor, type Place, Tree } from './tree'
import {
  type MessageKind,
  type RawRecord,
  type SessionFact,
  TEXT_LIMIT,
  type ThreadKey,
  type TranscriptReader,
} from './types'

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
  private readonly sources = new Map<number, CodexSourceState>()
  private source = new CodexSourceState()
  private thread: ThreadKey = ''
  private isCopy = false
  private forks = 0
  private session = new CodexFacts()
  private newFacts: SessionFact[] = []

  beginSource(source: number): void {
    this.rows.source = source
    this.source = this.sources.get(source) ?? new CodexSourceState()
    this.sources.set(source, this.source)
  }

  beginFork(): void {
    this.tree.beginFork()
    this.session = new CodexFacts()
    this.forks++
  }

  /** Nothing of a subagent's talk is stored in the file of its parent. */
  ignoreInlineThreads(): void {}

  read(raw: RawRecord, thread: ThreadKey = ''): void {
    if (!this.sources.has(this.rows.source)) this.beginSource(this.rows.source)
    this.thread = thread
    this.rows.record = raw
    this.rows.nativeId = null
    this.agents.readChild(thread)
    const { value } = raw
    this.rows.at = value === null ? null : parseTime(value.timestamp)
    if (value === null) return this.readBroken()
    const record = openRecord(value)
    this.isCopy = this.source.history.read(record)
    if (this.isCopy && this.source.history.isSubagent) return this.usage.skip(this.source, record)
    this.readRecord(record)
    if (record.ordinal === null) return
    this.lineage.note(this.rows.source, record.ordinal, this.tree.thread(thread).last, raw.offset + raw.length + 1)
  }

  drain() {
    const drained = { messages: this.tree.drain(), patches: this.rows.patches, facts: this.newFacts }
    this.rows.patches = []
    this.newFacts = []
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
    this.place(null, (cursor) => {
      const row = this.rows.row('system', 'unknown', `line:${problem ?? 'not_json'}`)
      row.truncated = true
      this.tree.append(cursor, row, false)
    })
  }

  private readRecord(record: CodexRecord): void {
    const { kind } = record
    this.session.read(record, this.rows.at, this.thread === '')
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
    this.usage.read(this.source, record, this.thread, this.forks, this.isCopy)
  }

  /** The first header says where a source goes on that does not begin at the beginning. */
  private readMeta({ payload }: CodexRecord): void {
    const { meta } = this.source.history
    if (meta === null || meta.id !== payload.id) return
    this.agents.readMeta(this.tree.thread(this.thread).state, meta)
    if (meta.base === null) return
    const key = `base ${meta.base.ordinal} ${meta.base.bytes ?? ''}`
    const at = this.lineage.find(meta.base, this.rows.source)
    const isNew = this.place(key, (cursor) => {
      if (at !== null) return
      const text = 'What was said before lies in another transcript, which was not imported.'
      this.appendNotice(cursor, { subtype: 'history_missing', text, isError: false })
    })
    if (at === null) return
    if (this.tree.isFrozen(at.segment)) this.tree.revisit(at, undefined, false)
    else this.goBack(at, isNew)
  }

  private readTurn(record: CodexRecord): void {
    const model = cleanText(asString(record.payload.model) ?? '') || null
    if (model !== null) this.source.model = model
    const phase = this.thread === '' ? phaseOf(record) : null
    if (phase === null || phase === this.session.phase) return
    this.session.phase = phase
    this.newFacts.push({ type: 'phase', phase, at: this.rows.at, ...address(this.tree.thread('').last) })
  }

  private readPrompt(prompt: { text: string; leftOut: boolean; source: string }): void {
    const { source } = this
    if (source.twins.isTwin(prompt)) return
    source.lastPrompt = prompt.text
    const isOwn = this.thread === '' && !source.history.isSubagent
    this.session.readPrompt(prompt.text, isOwn)
    this.agents.readPrompt(this.tree.thread(this.thread).state, prompt.text)
    this.place(`prompt ${prompt.text}`, (cursor) => {
      this.appendText(cursor, 'prompt', isOwn ? null : 'from_agent', prompt)
    })
    const { last } = this.tree.thread(this.thread)
    source.turns.push({ segment: last.segment, seq: Math.max(0, last.seq - 1) })
  }

  /** A message that no prompt followed was put there by the program. */
  private readHeld(isPrompt: boolean): void {
    const { held } = this.source
    if (held === null) return
    if (isPrompt) this.source.held = null
    else if (--held.patience < 0) this.placeHeld(held)
  }

  private placeHeld(held: HeldMessage): void {
    this.source.held = null
    const { record, at } = this.rows
    Object.assign(this.rows, { record: held.record, at: held.at })
    this.placeNotice(`user ${held.text}`, injectedNotice(held.text))
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
    if (payload.role === 'assistant') return this.placeModelText(`assistant ${content.text}`, 'text', content)
    if (payload.role !== 'user') return
    const { text } = content
    this.agents.readNotification(text)
    if (injectedKind(text) !== null || bare) return this.placeNotice(`user ${text}`, injectedNotice(text))
    if (text === '' || text === this.source.lastPrompt) return
    if (this.source.held !== null) this.placeHeld(this.source.held)
    this.source.held = { record: this.rows.record, at: this.rows.at, text, patience: PATIENCE }
  }

  private readReasoning({ payload }: CodexRecord): void {
    const [content, summary] = [partsText(payload.content), partsText(payload.summary)]
    const said = content.text === '' ? summary : content
    if (said.text !== '') this.placeModelText(`reasoning ${said.text}`, 'thinking', said)
  }

  private readCall(record: CodexRecord): void {
    const { type, payload } = record
    const id = asString(payload.call_id) ?? asString(payload.id) ?? JSON.stringify(payload.action ?? null)
    this.agents.readCall(record)
    this.place(`${type} ${id}`, (cursor) => this.noteResponse(this.tools.append(cursor, record, this.source.model)))
  }

  private readResult(record: CodexRecord): void {
    this.agents.readResult(record)
    this.place(`${record.type} ${asString(record.payload.call_id) ?? ''}`, (cursor) => {
      if (!this.tools.answer(record)) this.tools.appendOrphan(cursor, record)
    })
  }

  /** Mail between agents: in a subagent's thread what it is asked, else a line that tells of it. */
  private readMail(record: CodexRecord): void {
    const text = mailText(record)
    const key = `agent_message ${asString(record.payload.id) ?? text}`
    this.agents.readMail(record)
    if (this.thread === '') return this.placeNotice(key, { subtype: 'agent_message', text, isError: false })
    this.place(key, (cursor) => this.appendText(cursor, 'prompt', 'from_agent', partsText(record.payload.content)))
  }

  private readEvent(record: CodexRecord): void {
    const { type, payload } = record
    const end = callEnd(record)
    if (end !== null) this.tools.finish(end)
    this.agents.readEvent(record, this.tree.thread(this.thread).state)
    if (type === 'thread_rolled_back') return this.readRollback(payload.num_turns)
    if (type === 'context_compacted') return this.readCompaction('', false)
    if (type === 'item_completed' && isObject(payload.item) && payload.item.type === 'Plan') {
      const text = asString(payload.item.text) ?? ''
      return this.placeModelText(`plan ${text}`, 'text', { text, leftOut: false }, 'plan')
    }
    const notice = eventNotice(record)
    if (notice !== null) this.placeNotice(`${type} ${asString(payload.turn_id) ?? ''} ${notice.text}`, notice)
  }

  /** The person took back their last prompts: the conversation goes on before them. */
  private readRollback(count: unknown): void {
    const { turns } = this.source
    if (typeof count !== 'number' || count < 1 || turns.length === 0) return
    const target = turns[Math.max(0, turns.length - count)] as Place
    this.source.turns = turns.slice(0, Math.max(0, turns.length - count))
    this.goBack(
      target,
      this.place('thread_rolled_back', () => undefined),
    )
  }

  private goBack(target: Place, isNew: boolean): void {
    this.source.resume = target
    const { head } = this.tree.thread(this.thread).state
    const isAtEnd = head.segment === target.segment.index && head.seq === target.seq
    if (isNew && !isAtEnd) this.tree.rewind(target)
  }

  private readCompaction(summary: string, isRecord: boolean): void {
    const isTwin = !isRecord && this.source.compacted
    this.source.compacted = isRecord
    if (isTwin) return
    this.place('compaction', (cursor) => {
      const notice = { subtype: 'compact_boundary', text: 'Conversation compacted', isError: false }
      const place = this.appendNotice(cursor, notice)
      const preTokens = this.source.context
      this.newFacts.push({ type: 'compaction', trigger: null, preTokens, at: this.rows.at, ...address(place) })
      if (summary !== '') this.appendText(cursor, 'summary', null, { text: summary, leftOut: false })
    })
  }

  private readUnknown(subtype: string): void {
    const { value } = this.rows.record
    this.place(`unknown ${subtype}`, (cursor) => this.rows.appendUnknown(cursor, subtype, value))
  }

  private placeModelText(
    key: string,
    kind: 'text' | 'thinking',
    said: { text: string; leftOut: boolean },
    subtype: string | null = null,
  ): void {
    this.place(key, (cursor) => {
      const row = this.rows.row('assistant', kind, subtype)
      row.model = this.source.model
      setText(row, 'text', said.text, TEXT_LIMIT)
      row.truncated ||= said.leftOut
      this.noteResponse(this.tree.append(cursor, row, true))
    })
  }

  private placeNotice(key: string, notice: CodexNotice | null): void {
    if (notice !== null) this.place(key, (cursor) => this.appendNotice(cursor, notice))
  }

  private appendNotice(cursor: Cursor, { subtype, text, isError }: CodexNotice): Place {
    const row = this.rows.row('system', 'notice', subtype)
    if (isError) row.isError = true
    return this.rows.appendText(cursor, row, text, false)
  }

  private appendText(
    cursor: Cursor,
    kind: MessageKind,
    subtype: string | null,
    said: { text: string; leftOut: boolean },
  ): void {
    const row = this.rows.row('user', kind, subtype)
    setText(row, 'text', said.text, TEXT_LIMIT)
    row.truncated ||= said.leftOut
    this.tree.append(cursor, row, true)
  }

  private noteResponse(place: Place): void {
    this.source.firstRow ??= place
    if (this.source.model !== null) this.tree.thread(this.thread).state.models.add(this.source.model)
  }

  /**
   * Places what a record stands for, after whatever came last in its thread. A record that is known places nothing; false
   * then. Without a key it is always new.
   */
  private place(key: string | null, append: (cursor: Cursor) => void): boolean {
    const { tree, source, thread } = this
    const name = key === null ? null : source.nameOf(`${thread} ${key}`)
    const known = name === null ? null : this.find(name)
    if (known !== null) {
      tree.revisit(known, undefined, false)
      source.resume = null
      return false
    }
    const id = name === null ? null : `${this.forks} ${name}`
    const cursor = tree.enter({
      thread,
      id,
      parentId: undefined,
      isPrompt: false,
      ...(source.resume !== null && { after: source.resume }),
    })
    this.rows.noteTime(cursor)
    append(cursor)
    tree.leave(cursor)
    if (cursor.rows > 0) source.resume = null
    if (cursor.rewoundFrom !== null && cursor.segment !== null) {
      const [fromSegment, toSegment] = [cursor.rewoundFrom.index, cursor.segment.index]
      const seq = cursor.segment.state.parent?.seq ?? 0
      this.newFacts.push({ type: 'native_rewind', at: this.rows.at, thread, fromSegment, toSegment, seq })
    }
    return true
  }

  /** Only the copy at the beginning of a fork is looked for among the records of its origin. */
  private find(name: string): Place | null {
    for (let fork = this.forks; fork >= (this.isCopy ? 0 : this.forks); fork--) {
      const place = this.tree.find(`${fork} ${name}`)
      if (place !== null) return place
    }
    return null
  }
}
