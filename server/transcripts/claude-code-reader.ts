// Reads the records of a Claude Code session into rows: one row per content block, a tool call and its result in one.
//
// A record whose uuid was read before places nothing again: files of one session repeat each other, and forks begin with
// a copy of their origin. Of a uuid written twice with other content the row keeps the first, only usage grows to the
// larger value; both stay in the source. Records that place no row still take part in the parent chain.

import { AgentLinks, asThreadKey } from './claude-code-agents'
import {
  asNumber,
  asString,
  blocksOf,
  classifyUserText,
  contentText,
  firstText,
  hasToolResult,
  isObject,
} from './claude-code-content'
import { AssistantRows } from './claude-code-assistant'
import { CopiedTalk } from './claude-code-copied'
import { announcedPhase, SessionFactsCollector } from './claude-code-facts'
import { attachmentNotice, type Notice, systemNotice } from './claude-code-notices'
import { isPrompt, subtypeOf, unknownKind } from './claude-code-records'
import { address, RowWriter } from './claude-code-rows'
import { SubagentRows } from './claude-code-subagents'
import { ToolCalls } from './claude-code-tools'
import { MessageUsage } from './claude-code-usage'
import { IdTable } from './id-table'
import { parseTime } from './iso-time'
import { cleanText } from './row-text'
import { type Cursor, type Place, Tree } from './tree'
import type { MessagePatch, PlacedMessage, RawRecord, SessionFact, ThreadKey, TranscriptReader } from './types'

type JsonObject = Record<string, unknown>

/** A reader for one session; see TranscriptReader. */
export function createClaudeCodeReader(): TranscriptReader {
  return new ClaudeCodeReader()
}

class ClaudeCodeReader implements TranscriptReader {
  private readonly tree = new Tree()
  private readonly rows = new RowWriter(this.tree)
  private readonly tools = new ToolCalls(this.rows)
  private readonly usage = new MessageUsage(this.rows)
  private readonly agents = new AgentLinks(this.tree)
  private readonly subagents = new SubagentRows(this.rows, this.agents)
  private readonly assistant = new AssistantRows(this.rows, this.tools, this.usage, this.agents, (place) => {
    this.notePhase('plan', place)
  })
  private session = this.createFacts()
  private newFacts: SessionFact[] = []
  /** Unknown records without uuid, by their text: the program writes the same state again and again. */
  private readonly stateRows = new IdTable()
  private readonly copies = new Map<number, CopiedTalk>()
  private copy = new CopiedTalk(0)

  beginSource(source: number, copiedBytes = 0): void {
    this.rows.source = source
    this.copy = this.copies.get(source) ?? new CopiedTalk(copiedBytes)
    this.copies.set(source, this.copy)
  }

  beginFork(): void {
    this.tree.beginFork()
    this.session = this.createFacts()
  }

  ignoreInlineThreads(keys: Iterable<ThreadKey>): void {
    for (const key of keys) this.subagents.ownFiles.add(key)
  }

  read(record: RawRecord, thread: ThreadKey = ''): void {
    const { rows } = this
    rows.record = record
    if (thread !== '') this.subagents.ownFiles.add(thread)
    const { value } = record
    rows.at = value === null ? null : parseTime(value.timestamp)
    rows.nativeId = value === null ? null : asString(value.uuid)
    if (value === null) return this.readBroken(thread)
    if (rows.nativeId === null) return this.readState(value, thread)
    this.session.readEnvelope(value, rows.at)
    const known = this.tree.find(rows.nativeId)
    if (thread === '' && this.copy.holds(record)) this.copy.note(value, known)
    if (known !== null) return this.readAgain(value, known)
    this.readNew(value, rows.nativeId, thread || this.threadOf(value, rows.nativeId))
  }

  drain(): { messages: PlacedMessage[]; patches: MessagePatch[]; facts: SessionFact[] } {
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

  private createFacts(): SessionFactsCollector {
    return new SessionFactsCollector((id) => this.tree.find(id) !== null)
  }

  /** Bytes that are no record get a row, so that a gap is seen; half a last line does not, it may still be written. */
  private readBroken(thread: ThreadKey): void {
    const { problem } = this.rows.record
    if (problem === 'cut') return
    this.rows.place(thread, (cursor) => {
      const row = this.rows.row('system', 'unknown', `line:${problem ?? 'not_json'}`)
      row.truncated = true
      this.tree.append(cursor, row, false)
    })
  }

  /** Records without uuid: state of the program. Only pull requests and unknown kinds get a row, once each. */
  private readState(value: JsonObject, thread: ThreadKey): void {
    if (value.type === 'last-prompt' && typeof value.leafUuid === 'string') {
      const leaf = this.tree.find(value.leafUuid)
      if (leaf !== null && leaf.segment.thread.state.key === '') this.tree.moveHead(leaf)
      return
    }
    this.readPhase(value, thread)
    const fact = this.session.readState(value, this.rows.at)
    if (fact !== null) this.newFacts.push(fact)
    const unknown = unknownKind(value)
    if (fact?.type === 'pull_request') {
      const row = this.rows.row('system', 'notice', 'pr_link')
      this.rows.place(thread, (cursor) => this.rows.appendText(cursor, row, `Pull request ${fact.url}`, false))
    } else if (unknown !== null) {
      const known = this.stateRows.size
      this.stateRows.add(safeKey(value))
      if (this.stateRows.size > known) {
        this.rows.place(thread, (cursor) => this.rows.appendUnknown(cursor, unknown, value))
      }
    }
  }

  private readAgain(value: JsonObject, known: Place): void {
    this.tree.revisit(known, parentOf(value), isPrompt(value))
    const message = isObject(value.message) ? value.message : null
    if (message === null) return
    if (value.type === 'assistant') this.usage.read(message, known.segment.thread.state.key, null)
    if (value.type === 'user') this.readTitle(value, message)
  }

  private readNew(value: JsonObject, id: string, thread: ThreadKey): void {
    const isCopy = this.copy.holds(this.rows.record)
    const after = thread === '' && !isCopy ? this.copy.end : null
    const isNewPrompt = isPrompt(value)
    const cursor = this.tree.enter({
      thread,
      id,
      parentId: parentOf(value),
      isPrompt: isNewPrompt,
      ...(after && { after }),
    })
    // Only the program that wrote the copy needs it; nobody said it.
    if (isCopy && value.isVirtual === true) return this.tree.leave(cursor)
    this.rows.noteTime(cursor)
    let atTip = false
    if (value.type === 'assistant') this.assistant.read(value, cursor)
    else if (value.type === 'user') atTip = this.readUser(value, cursor)
    else if (value.type === 'system') this.readSystem(value, cursor)
    else if (value.type === 'attachment') this.readAttachment(value, cursor)
    else this.readUnknown(value, cursor)
    this.tree.leave(cursor, atTip)
    if (after !== null && cursor.rows > 0) this.copy.end = null
    if (cursor.rewoundFrom !== null && cursor.segment !== null) {
      const fromSegment = cursor.rewoundFrom.index
      const { index: toSegment, state } = cursor.segment
      const seq = state.parent?.seq ?? 0
      this.newFacts.push({ type: 'native_rewind', at: this.rows.at, thread, fromSegment, toSegment, seq })
    }
    this.readPhase(value, thread)
    if (value.type === 'progress' && subtypeOf(value) === 'agent_progress') this.readInlineAgent(value)
  }

  /** True if a tool result came: the conversation stands at its tip then. */
  private readUser(value: JsonObject, cursor: Cursor): boolean {
    const message = isObject(value.message) ? value.message : {}
    const { content } = message
    if (hasToolResult(content)) {
      this.readResults(blocksOf(content), value, cursor)
      return true
    }
    if (value.isCompactSummary === true) {
      this.rows.appendContent(cursor, this.rows.row('user', 'summary', null), content)
    } else if (value.isMeta !== true) {
      const { key } = cursor.thread.state
      if (key !== '') this.agents.readAgentPrompt(key, firstText(content) ?? '')
      this.appendHuman(cursor, content, key === '' ? null : 'from_agent')
      this.readTitle(value, message)
    }
    return false
  }

  private readResults(blocks: JsonObject[], value: JsonObject, cursor: Cursor): void {
    for (const block of blocks) {
      if (block.type !== 'tool_result') continue
      const answer = this.tools.answer(block, value.toolUseResult)
      if (answer === null) {
        this.tools.appendOrphan(cursor, block)
        continue
      }
      if (answer.name === 'ExitPlanMode' && !answer.isError) this.notePhase('execute', answer.place)
      this.subagents.readResult(asString(block.tool_use_id) ?? '', value.toolUseResult)
    }
    const beside = blocks.filter((block) => block.type !== 'tool_result')
    if (beside.length > 0 && value.isMeta !== true) this.appendHuman(cursor, beside, 'steering')
  }

  private readTitle(value: JsonObject, message: JsonObject): void {
    const text = firstText(message.content)
    if (text === null || value.isMeta === true || value.isSidechain === true) return
    if (isPrompt(value)) this.session.readPrompt(text)
    else if (!hasToolResult(message.content)) {
      const marked = classifyUserText(text)
      if (marked.kind === 'command') this.session.readCommand(marked.text)
    }
  }

  private appendHuman(cursor: Cursor, content: unknown, subtype: string | null): void {
    const text = firstText(content) ?? ''
    const marked = classifyUserText(text)
    if (marked.kind === 'hidden' || (subtype === 'steering' && text.startsWith('<system-reminder>'))) return
    if (marked.kind === 'prompt') {
      return this.rows.appendContent(cursor, this.rows.row('user', 'prompt', subtype), content)
    }
    if (marked.subtype === 'task_notification') this.subagents.readNotification(text)
    this.appendNotice(cursor, { ...marked, isError: false })
  }

  private appendNotice(cursor: Cursor, notice: Notice): Place | null {
    if (notice.kind === 'hidden') return null
    const isTalk = notice.kind !== 'notice'
    const row = this.rows.row(isTalk ? 'user' : 'system', notice.kind, notice.subtype)
    if (notice.isError) row.isError = true
    return this.rows.appendText(cursor, row, notice.text, isTalk)
  }

  private readSystem(value: JsonObject, cursor: Cursor): void {
    if (unknownKind(value) !== null) return this.readUnknown(value, cursor)
    const notice = systemNotice(value)
    const place = this.appendNotice(cursor, notice)
    if (notice.subtype !== 'compact_boundary' || place === null) return
    const metadata = isObject(value.compactMetadata) ? value.compactMetadata : {}
    this.newFacts.push({
      type: 'compaction',
      trigger: cleanText(asString(metadata.trigger) ?? '') || null,
      preTokens: asNumber(metadata.preTokens),
      at: this.rows.at,
      ...address(place),
    })
  }

  private readAttachment(value: JsonObject, cursor: Cursor): void {
    if (unknownKind(value) !== null || !isObject(value.attachment)) return this.readUnknown(value, cursor)
    const { attachment } = value
    if (attachment.type === 'queued_command') this.subagents.readNotification(contentText(attachment.prompt).text)
    this.appendNotice(cursor, attachmentNotice(attachment))
  }

  private readUnknown(value: JsonObject, cursor: Cursor): void {
    const unknown = unknownKind(value)
    if (unknown !== null) this.rows.appendUnknown(cursor, unknown, value)
  }

  /** A progress record that holds a record of a running subagent: it belongs to the thread of that agent. */
  private readInlineAgent(value: JsonObject): void {
    const data = isObject(value.data) ? value.data : {}
    const thread = asThreadKey(data.agentId)
    const inner = isObject(data.message) ? data.message : null
    if (thread === null || inner === null) return
    const toolId = asString(value.parentToolUseID)
    if (toolId !== null) this.agents.link(thread, toolId)
    const id = asString(inner.uuid)
    if (this.subagents.ownFiles.has(thread) || id === null || this.tree.find(id) !== null) return
    this.rows.nativeId = id
    this.rows.at = parseTime(inner.timestamp) ?? this.rows.at
    this.readNew({ ...inner, isSidechain: true, parentUuid: undefined }, id, thread)
  }

  private readPhase(value: JsonObject, thread: ThreadKey): void {
    if (thread !== '') return
    const phase = announcedPhase(value) ?? (isPrompt(value) ? (this.session.phase ?? 'execute') : null)
    if (phase !== null) this.notePhase(phase, this.tree.thread('').last)
  }

  /** Only the main thread has phases. */
  private notePhase(phase: 'plan' | 'execute', place: Place): void {
    const { thread, segment, seq } = address(place)
    // Records that only announce a mode have no time of their own: it began when something was last said.
    const at = this.rows.at ?? this.tree.thread('').state.lastAt
    const fact = thread === '' ? this.session.readPhase(phase, at, thread, { segment, seq }) : null
    if (fact !== null) this.newFacts.push(fact)
  }

  /** Inline records of subagents carry an agent id; oldest ones only hang together by their parents. */
  private threadOf(value: JsonObject, id: string): ThreadKey {
    if (value.isSidechain !== true) return ''
    const agent = asThreadKey(value.agentId)
    if (agent !== null) return agent
    const parent = typeof value.parentUuid === 'string' ? this.tree.find(value.parentUuid) : null
    return parent?.segment.thread.state.key || cleanText(`sidechain-${id}`)
  }
}

/** Undefined when the record says nothing of a parent. A compaction cuts the chain but tells where it went on from. */
function parentOf(value: JsonObject): string | null | undefined {
  if (typeof value.parentUuid === 'string') return value.parentUuid
  if (value.parentUuid !== null) return undefined
  return value.subtype === 'compact_boundary' ? (asString(value.logicalParentUuid) ?? undefined) : null
}

function safeKey(value: JsonObject): string {
  try {
    return JSON.stringify(value)
  } catch {
    return `deep ${Object.keys(value).join(' ')}`
  }
}
