// Reads the records of a Claude Code session into rows: one row per content block, a tool call and its result in one.
//
// A record whose uuid was read before places nothing again: files of one session repeat each other, and forks begin with
// a copy of their origin. Of a uuid written twice with other content the row keeps the first, only usage grows to the
// larger value; both stay in the source. Records that place no row still take part in the parent chain.

import { AgentLinks } from './claude-code-agents'
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
import { SYNTHETIC_MODEL, usageOf } from './claude-code-counts'
import { announcedPhase, SessionFactsCollector } from './claude-code-facts'
import { attachmentNotice, type Notice, systemNotice } from './claude-code-notices'
import { isPrompt, subtypeOf, unknownKind } from './claude-code-records'
import { IdTable, NumberColumn } from './id-table'
import { parseTime } from './iso-time'
import { cleanText, setText, stringifyJson } from './row-text'
import { type Cursor, type Place, Tree } from './tree'
import {
  type MessageKind,
  type MessagePatch,
  type MessageRole,
  type PlacedMessage,
  type RawRecord,
  type SessionFact,
  TEXT_LIMIT,
  type ThreadKey,
  TOOL_INPUT_LIMIT,
  TOOL_RESULT_LIMIT,
  type TranscriptReader,
} from './types'
import { addUsageMaximum, createUsageColumns, usageAt } from './usage-columns'

type JsonObject = Record<string, unknown>
type OpenCall = { place: Place; at: number | null; name: string }

const MAX_DURATION = 2 ** 31 - 1

/** A reader for one session; see TranscriptReader. */
export function createClaudeCodeReader(): TranscriptReader {
  return new ClaudeCodeReader()
}

class ClaudeCodeReader implements TranscriptReader {
  private readonly tree = new Tree()
  private readonly agents = new AgentLinks(this.tree)
  private session = this.createFacts()
  private patches: MessagePatch[] = []
  private newFacts: SessionFact[] = []
  private readonly openCalls = new Map<string, OpenCall>()
  private readonly messageIds = new IdTable()
  private readonly usages = createUsageColumns()
  /** The first row of each model message: its segment id + 1 (0: no row yet) and seq. */
  private readonly usageSegment = new NumberColumn()
  private readonly usageSeq = new NumberColumn()
  private readonly stateRows = new IdTable()
  private readonly ownFiles = new Set<ThreadKey>()
  private source = 0
  private record!: RawRecord
  private at: number | null = null
  private nativeId: string | null = null

  beginSource(source: number): void {
    this.source = source
  }

  beginFork(): void {
    this.tree.beginFork()
    this.session = this.createFacts()
  }

  ignoreInlineThreads(keys: Iterable<ThreadKey>): void {
    for (const key of keys) this.ownFiles.add(key)
  }

  read(record: RawRecord, thread: ThreadKey = ''): void {
    this.record = record
    if (thread !== '') this.ownFiles.add(thread)
    const { value } = record
    if (value === null) return this.readBroken(thread)
    this.at = parseTime(value.timestamp)
    this.nativeId = asString(value.uuid)
    if (this.nativeId === null) return this.readState(value, thread)
    this.session.readEnvelope(value, this.at)
    const known = this.tree.find(this.nativeId)
    if (known !== null) return this.readAgain(value, known)
    this.readNew(value, thread || this.threadOf(value))
  }

  drain(): { messages: PlacedMessage[]; patches: MessagePatch[]; facts: SessionFact[] } {
    const drained = { messages: this.tree.drain(), patches: this.patches, facts: this.newFacts }
    this.patches = []
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

  /** Bytes that are no record get a row, so that a reader of the conversation sees the gap; half a last line does not. */
  private readBroken(thread: ThreadKey): void {
    if (this.record.problem === 'cut') return
    this.at = null
    this.nativeId = null
    this.place(thread, (cursor) => {
      const row = this.row('system', 'unknown', `line:${this.record.problem ?? 'not_json'}`)
      row.truncated = true
      this.tree.append(cursor, row, false)
    })
  }

  /** Records without uuid: state of the program. Only pull requests and unknown kinds get a row, once each. */
  private readState(value: JsonObject, thread: ThreadKey): void {
    const type = value.type
    if (type === 'last-prompt' && typeof value.leafUuid === 'string') {
      const leaf = this.tree.find(value.leafUuid)
      if (leaf !== null && leaf.segment.thread.state.key === '') this.tree.moveHead(leaf)
      return
    }
    this.readPhase(value, thread)
    const fact = this.session.readState(value, this.at)
    if (fact !== null) this.newFacts.push(fact)
    const unknown = unknownKind(value)
    if (fact?.type === 'pull_request') {
      this.place(thread, (cursor) => {
        this.appendText(cursor, this.row('system', 'notice', 'pr_link'), `Pull request ${fact.url}`, false)
      })
    } else if (unknown !== null) {
      const { text, truncated } = stringifyJson(value, TEXT_LIMIT)
      const known = this.stateRows.size
      this.stateRows.add(text)
      if (this.stateRows.size > known)
        this.place(thread, (cursor) => this.appendUnknown(cursor, unknown, text, truncated))
    }
  }

  private readAgain(value: JsonObject, known: Place): void {
    this.tree.revisit(known, parentOf(value), isPrompt(value))
    const message = isObject(value.message) ? value.message : null
    if (value.type === 'assistant' && message !== null) this.readUsage(message, known.segment.thread.state.key, null)
    if (value.type === 'user' && message !== null) this.readTitle(value, message)
  }

  private readNew(value: JsonObject, thread: ThreadKey): void {
    const prompt = isPrompt(value)
    const cursor = this.tree.enter({ thread, id: this.nativeId, parentId: this.parentId(value), isPrompt: prompt })
    this.noteTime(cursor)
    const before = cursor.thread.state.head.segment
    let atTip = false
    if (value.type === 'assistant') this.readAssistant(value, cursor)
    else if (value.type === 'user') atTip = this.readUser(value, cursor)
    else if (value.type === 'system') this.readSystem(value, cursor)
    else if (value.type === 'attachment') this.readAttachment(value, cursor)
    else this.readOther(value, cursor)
    this.tree.leave(cursor, atTip)
    if (cursor.rewoundFrom !== null && cursor.segment !== null) {
      this.newFacts.push({
        type: 'native_rewind',
        at: this.at,
        thread,
        fromSegment: before,
        toSegment: cursor.segment.index,
        seq: cursor.segment.state.parent?.seq ?? 0,
      })
    }
    if (thread === '') this.readPhase(value, thread)
    if (value.type === 'progress' && subtypeOf(value) === 'agent_progress') this.readInlineAgent(value)
  }

  private readAssistant(value: JsonObject, cursor: Cursor): void {
    const message = isObject(value.message) ? value.message : {}
    const model = asString(message.model)
    const synthetic = model === SYNTHETIC_MODEL
    const messageId = asString(message.id)
    let first: Place | null = null
    for (const block of blocksOf(message.content)) {
      const row = this.row('assistant', 'text', null)
      row.nativeMessageId = messageId === null ? null : cleanText(messageId)
      if (model !== null && !synthetic) row.model = cleanText(model)
      const place = this.appendAssistantBlock(cursor, row, block, value, synthetic)
      if (place !== null) first ??= place
    }
    if (synthetic) return
    if (model !== null) cursor.thread.state.models.add(cleanText(model))
    const { state } = cursor.thread
    if (first === null && hasUsage(message)) {
      // A message without content was still paid for: an empty row carries its usage.
      first = this.tree.append(cursor, { ...this.row('assistant', 'text', null), nativeMessageId: messageId }, true)
    }
    this.readUsage(message, state.key, first)
  }

  private appendAssistantBlock(
    cursor: Cursor,
    row: PlacedMessage,
    block: JsonObject,
    value: JsonObject,
    synthetic: boolean,
  ) {
    const type = asString(block.type) ?? ''
    if (type === 'text') {
      const text = asString(block.text) ?? ''
      if (synthetic || value.isApiErrorMessage === true) {
        row.role = 'system'
        row.kind = 'notice'
        const failed = value.isApiErrorMessage === true
        row.subtype = failed ? 'api_error' : text === 'No response requested.' ? 'resumed' : 'synthetic'
        row.isError = failed ? true : null
        return this.appendText(cursor, row, text, false)
      }
      return this.appendText(cursor, row, text, true)
    }
    if (type === 'thinking' || type === 'redacted_thinking') {
      row.kind = 'thinking'
      const text = asString(block.thinking) ?? ''
      return text === '' ? this.tree.append(cursor, row, true) : this.appendText(cursor, row, text, true)
    }
    if (type.endsWith('tool_use')) return this.appendCall(cursor, row, block)
    if (type.endsWith('_tool_result') && this.readResult(block, null, cursor)) return null
    const { text, truncated } = stringifyJson(block, TEXT_LIMIT)
    return this.appendUnknown(cursor, `block:${type.slice(0, 60)}`, text, truncated)
  }

  private appendCall(cursor: Cursor, row: PlacedMessage, block: JsonObject): Place {
    const id = asString(block.id)
    const name = asString(block.name) ?? 'unknown tool'
    row.kind = 'tool'
    row.role = 'tool'
    row.toolName = cleanText(name)
    row.nativeToolId = id === null ? null : cleanText(id)
    const input = stringifyJson(block.input ?? null, TOOL_INPUT_LIMIT)
    row.toolInput = input.text
    row.truncated = input.truncated
    const place = this.tree.append(cursor, row, true)
    cursor.thread.state.toolCallCount++
    if (id !== null) {
      this.openCalls.set(id, { place, at: this.at, name })
      this.agents.readCall(id, name, block.input)
    }
    if (name === 'EnterPlanMode' && cursor.thread.state.key === '') this.notePhase('plan', place)
    return place
  }

  /** Usage is the largest value of each field over all records of a message, and stands on its first row. */
  private readUsage(message: JsonObject, thread: ThreadKey, first: Place | null): void {
    const id = asString(message.id) ?? this.nativeId ?? ''
    const index = this.messageIds.add(id)
    if (first !== null && this.usageSegment.get(index) === 0) {
      this.usageSegment.set(index, first.segment.id + 1)
      this.usageSeq.set(index, first.seq)
      first = null
    }
    const segmentId = this.usageSegment.get(index) - 1
    const segment = segmentId < 0 ? null : this.tree.segment(segmentId)
    if (segment !== null && this.tree.isFrozen(segment)) return
    const grew = addUsageMaximum(this.usages, index, usageOf(message), this.tree.thread(thread).state.tokens)
    if (!grew || segment === null) return
    const usage = usageAt(this.usages, index)
    const place = { segment, seq: this.usageSeq.get(index) }
    const row = this.tree.pendingRow(place)
    if (row !== null) row.usage = usage
    else this.patches.push({ type: 'usage', ...numbers(place), usage })
  }

  /** Returns true if a tool result came: the conversation stands at its tip then. */
  private readUser(value: JsonObject, cursor: Cursor): boolean {
    const message = isObject(value.message) ? value.message : {}
    const { content } = message
    const inThread = cursor.thread.state.key !== ''
    if (hasToolResult(content)) {
      const blocks = blocksOf(content)
      for (const block of blocks) {
        if (block.type !== 'tool_result' || this.readResult(block, value, cursor)) continue
        this.appendOrphanResult(cursor, block)
      }
      const beside = blocks.filter((block) => block.type !== 'tool_result')
      if (beside.length > 0 && value.isMeta !== true) this.appendHuman(cursor, beside, 'steering')
      return true
    }
    if (value.isCompactSummary === true) {
      this.appendContent(cursor, this.row('user', 'summary', null), content)
      return false
    }
    if (value.isMeta === true) return false
    if (inThread) this.agents.readAgentPrompt(cursor.thread.state.key, firstText(content) ?? '')
    this.appendHuman(cursor, content, inThread ? 'from_agent' : null)
    this.readTitle(value, message)
    return false
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
    if (marked.kind === 'prompt') return this.appendContent(cursor, this.row('user', 'prompt', subtype), content)
    if (marked.subtype === 'task_notification') this.readNotification(text)
    const role = marked.kind === 'command' ? 'user' : 'system'
    this.appendText(cursor, this.row(role, marked.kind, marked.subtype), marked.text, marked.kind === 'command')
  }

  /** Joins a result with the row of its call; false when that call is not at hand. */
  private readResult(block: JsonObject, value: JsonObject | null, cursor: Cursor): boolean {
    const id = asString(block.tool_use_id) ?? ''
    const call = this.openCalls.get(id)
    if (call === undefined || this.tree.isFrozen(call.place.segment)) return false
    this.openCalls.delete(id)
    const toolUseResult = value?.toolUseResult
    const draft = this.row('tool', 'tool', null)
    this.fillResult(draft, block)
    const durationMs = durationOf(toolUseResult, call.at, this.at)
    const { source } = this
    const { offset, length } = this.record
    const found = {
      toolResult: draft.toolResult,
      isError: draft.isError,
      durationMs,
      resultSource: source,
      resultOffset: offset,
      resultLength: length,
    }
    const row = this.tree.pendingRow(call.place)
    if (row === null) {
      this.patches.push({ type: 'result', ...numbers(call.place), ...found, truncated: draft.truncated })
    } else {
      Object.assign(row, found)
      row.truncated ||= draft.truncated
      this.tree.addCharacters(draft.toolResult?.length ?? 0)
    }
    if (call.name === 'ExitPlanMode' && draft.isError !== true && cursor.thread.state.key === '') {
      this.notePhase('execute', call.place)
    }
    this.readAgentResult(id, toolUseResult)
    return true
  }

  private fillResult(row: PlacedMessage, block: JsonObject): void {
    const { text, leftOut } = contentText(block.content)
    setText(row, 'toolResult', text, TOOL_RESULT_LIMIT)
    row.truncated ||= leftOut
    row.isError = block.is_error === true
  }

  /** A result whose call is not in the source, as in files that begin in mid-session. */
  private appendOrphanResult(cursor: Cursor, block: JsonObject): void {
    const row = this.row('tool', 'unknown', 'result_without_call')
    this.fillResult(row, block)
    row.nativeToolId = cleanText(asString(block.tool_use_id) ?? '') || null
    this.tree.append(cursor, row, false)
  }

  private readSystem(value: JsonObject, cursor: Cursor): void {
    if (unknownKind(value) !== null) return this.readOther(value, cursor)
    const notice = systemNotice(value)
    const place = this.appendNotice(cursor, notice)
    if (notice.subtype !== 'compact_boundary' || place === null) return
    const metadata = isObject(value.compactMetadata) ? value.compactMetadata : {}
    this.newFacts.push({
      type: 'compaction',
      trigger: asString(metadata.trigger),
      preTokens: asNumber(metadata.preTokens),
      at: this.at,
      ...numbers(place),
    })
  }

  private readAttachment(value: JsonObject, cursor: Cursor): void {
    if (unknownKind(value) !== null || !isObject(value.attachment)) return this.readOther(value, cursor)
    const { attachment } = value
    if (attachment.type === 'queued_command') this.readNotification(contentText(attachment.prompt).text)
    this.appendNotice(cursor, attachmentNotice(attachment))
  }

  private appendNotice(cursor: Cursor, notice: Notice): Place | null {
    if (notice.kind === 'hidden') return null
    const isTalk = notice.kind !== 'notice'
    const row = this.row(isTalk ? 'user' : 'system', notice.kind, notice.subtype)
    if (notice.isError) row.isError = true
    return this.appendText(cursor, row, notice.text, isTalk)
  }

  private readOther(value: JsonObject, cursor: Cursor): void {
    const unknown = unknownKind(value)
    if (unknown === null) return
    const { text, truncated } = stringifyJson(value, TEXT_LIMIT)
    this.appendUnknown(cursor, unknown, text, truncated)
  }

  /** A progress record that holds a record of a running subagent: it belongs to the thread of that agent. */
  private readInlineAgent(value: JsonObject): void {
    const data = isObject(value.data) ? value.data : {}
    const thread = asString(data.agentId)
    const inner = isObject(data.message) ? data.message : null
    if (thread === null || thread === '' || inner === null) return
    const toolId = asString(value.parentToolUseID)
    if (toolId !== null) this.agents.link(thread, toolId)
    const id = asString(inner.uuid)
    if (this.ownFiles.has(thread) || id === null || this.tree.find(id) !== null) return
    this.nativeId = id
    this.at = parseTime(inner.timestamp) ?? this.at
    this.readNew({ ...inner, isSidechain: true, parentUuid: undefined }, thread)
  }

  /** Without a file of its own, the request and the final words of a subagent are all that the main file keeps. */
  private readAgentResult(toolId: string, toolUseResult: unknown): void {
    const result = this.agents.readResult(toolId, toolUseResult)
    if (result === null || this.ownFiles.has(result.thread)) return
    const { nativeId } = this
    this.nativeId = null
    const empty = this.tree.thread(result.thread).state.messageCount === 0
    if (empty && result.prompt !== null) {
      const { prompt } = result
      this.place(result.thread, (cursor) =>
        this.appendContent(cursor, this.row('user', 'prompt', 'from_agent'), prompt),
      )
    }
    if (result.finished) this.appendFinalWords(result.thread, result.finalContent)
    this.nativeId = nativeId
  }

  private readNotification(text: string): void {
    const ended = this.agents.readNotification(text)
    if (ended === null || this.ownFiles.has(ended.thread)) return
    const { nativeId } = this
    this.nativeId = null
    this.appendFinalWords(ended.thread, ended.result)
    this.nativeId = nativeId
  }

  private appendFinalWords(thread: ThreadKey, content: unknown): void {
    const { text } = contentText(content)
    if (text.trim() === '') return
    this.place(thread, (cursor) => this.appendText(cursor, this.row('assistant', 'text', 'from_result'), text, true))
  }

  private place(thread: ThreadKey, append: (cursor: Cursor) => void): void {
    const cursor = this.tree.enter({ thread, id: null, parentId: undefined, isPrompt: false })
    this.noteTime(cursor)
    append(cursor)
    this.tree.leave(cursor)
  }

  private appendContent(cursor: Cursor, row: PlacedMessage, content: unknown): void {
    const { text, leftOut } = contentText(content)
    row.truncated = leftOut
    this.appendText(cursor, row, text, true)
  }

  private appendText(cursor: Cursor, row: PlacedMessage, text: string, movesHead: boolean): Place {
    setText(row, 'text', text, TEXT_LIMIT)
    return this.tree.append(cursor, row, movesHead)
  }

  private appendUnknown(cursor: Cursor, subtype: string, text: string, truncated: boolean): Place {
    const row = this.row('system', 'unknown', subtype)
    row.text = text
    row.truncated = truncated
    return this.tree.append(cursor, row, false)
  }

  private row(role: MessageRole, kind: MessageKind, subtype: string | null): PlacedMessage {
    return {
      thread: '',
      segment: 0,
      seq: 0,
      role,
      kind,
      text: null,
      toolName: null,
      toolInput: null,
      toolResult: null,
      isError: null,
      durationMs: null,
      nativeToolId: null,
      nativeId: this.nativeId === null ? null : cleanText(this.nativeId),
      nativeMessageId: null,
      model: null,
      usage: null,
      at: this.at,
      source: this.source,
      offset: this.record.offset,
      length: this.record.length,
      resultSource: null,
      resultOffset: null,
      resultLength: null,
      truncated: false,
      subtype: subtype === null ? null : cleanText(subtype),
    }
  }

  private noteTime(cursor: Cursor): void {
    const { state } = cursor.thread
    if (this.at === null) return
    if (state.firstAt === null || this.at < state.firstAt) state.firstAt = this.at
    if (state.lastAt === null || this.at > state.lastAt) state.lastAt = this.at
  }

  private readPhase(value: JsonObject, thread: ThreadKey): void {
    if (thread !== '') return
    const phase = announcedPhase(value) ?? (isPrompt(value) ? (this.session.phase ?? 'execute') : null)
    if (phase !== null) this.notePhase(phase, this.tree.thread('').last)
  }

  private notePhase(phase: 'plan' | 'execute', place: Place): void {
    const { segment, seq } = numbers(place)
    const fact = this.session.readPhase(phase, this.at, '', { segment, seq })
    if (fact !== null) this.newFacts.push(fact)
  }

  /** Inline records of subagents carry an agent id; oldest ones only hang together by their parents. */
  private threadOf(value: JsonObject): ThreadKey {
    if (value.isSidechain !== true) return ''
    const agentId = asString(value.agentId)
    if (agentId !== null && agentId !== '') return agentId
    const parent = typeof value.parentUuid === 'string' ? this.tree.find(value.parentUuid) : null
    const key = parent?.segment.thread.state.key ?? ''
    return key === '' ? `sidechain-${this.nativeId ?? ''}` : key
  }

  private parentId(value: JsonObject): string | null | undefined {
    const parent = parentOf(value)
    if (parent !== null || value.subtype !== 'compact_boundary') return parent
    return asString(value.logicalParentUuid) ?? undefined
  }
}

function parentOf(value: JsonObject): string | null | undefined {
  return typeof value.parentUuid === 'string' || value.parentUuid === null ? value.parentUuid : undefined
}

function numbers(place: Place): { thread: ThreadKey; segment: number; seq: number } {
  return { thread: place.segment.thread.state.key, segment: place.segment.index, seq: place.seq }
}

function hasUsage(message: JsonObject): boolean {
  const usage = usageOf(message)
  return usage.input + usage.output + usage.cacheRead + usage.cacheWrite > 0
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
