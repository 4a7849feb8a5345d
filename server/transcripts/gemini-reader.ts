// Reads the records of a Gemini CLI session into rows: documents, and journals in which a message may be written again.
//
// A message that is written again replaces itself: its parts keep their rows, new parts get new ones. `$rewindTo` drops a
// message and all after it; what was dropped stays readable in its segment. `$set.messages` is the history that the model
// is sent from then on: compressed or masked, so what it leaves out stays in the conversation.

import { ChildLinks } from './child-links'
import { asString, isObject } from './claude-code-content'
import { address } from './claude-code-rows'
import { documentIds } from './document-ids'
import { isGeminiDocument, isGeminiHeader, partsOf, partsText, unknownGeminiKind } from './gemini-content'
import { GeminiFacts } from './gemini-facts'
import { GeminiRows } from './gemini-rows'
import { parseTime } from './iso-time'
import { LinearReader } from './linear-reader'
import type { RawRecord, Span, ThreadKey, TranscriptReader } from './types'

type JsonObject = Record<string, unknown>

/** A reader for one session; see TranscriptReader. */
export function createGeminiReader(): TranscriptReader {
  return new GeminiReader()
}

class GeminiReader extends LinearReader implements TranscriptReader {
  private readonly children = new ChildLinks(this.tree)
  private readonly messages = new GeminiRows(this.rows, this.talk, this.children)
  private session = new GeminiFacts()
  private copiedBytes = 0
  /** When the newest of what was read of each thread had been written. */
  private readonly updatedAt = new Map<ThreadKey, number>()

  beginSource(source: number, copiedBytes = 0): void {
    this.rows.source = source
    this.copiedBytes = copiedBytes
  }

  beginFork(): void {
    this.tree.beginFork()
    this.session = new GeminiFacts()
  }

  read(record: RawRecord, thread: ThreadKey = ''): void {
    const { value } = record
    this.beginRecord(record)
    this.children.readChild(thread)
    if (value === null) return this.readBroken(thread)
    if (isGeminiDocument(value)) this.readDocument(value, thread)
    else if (isObject(value.$set)) {
      this.session.readHeader(value.$set, thread === '')
      this.noteUpdate(thread, parseTime(value.$set.lastUpdated))
      if (Array.isArray(value.$set.messages)) this.readHistory(value.$set.messages, thread)
    } else if (typeof value.$rewindTo === 'string') {
      this.talk.rewind(thread, this.talk.before(thread, value.$rewindTo))
    } else if (isGeminiHeader(value)) this.session.readHeader(value, thread === '')
    else if (typeof value.id === 'string') {
      this.readMessage(value, value.id, thread)
      this.noteUpdate(thread, this.rows.at)
    } else this.talk.aside(thread, () => this.messages.putUnknown(unknownGeminiKind(value) ?? 'record:', value))
  }

  facts() {
    return this.session.facts()
  }

  /** The newest version of a session tells where the conversation ends, whichever is read last. */
  private readDocument(value: JsonObject, thread: ThreadKey): void {
    this.session.readHeader(value, thread === '')
    const head = this.tree.head(thread)
    const known = this.updatedAt.get(thread) ?? -1
    const updatedAt = parseTime(value.lastUpdated) ?? 0
    const lastId = this.readList(value.messages as unknown[], thread, this.rows.record.elements)
    this.noteUpdate(thread, updatedAt)
    const last = lastId === null ? null : this.talk.after(thread, lastId)
    const end = updatedAt < known ? head : updatedAt > known ? last : null
    if (end !== null && !this.tree.isFrozen(end.segment)) this.talk.rewind(thread, end)
  }

  private noteUpdate(thread: ThreadKey, at: number | null): void {
    this.updatedAt.set(thread, Math.max(at ?? 0, this.updatedAt.get(thread) ?? 0))
  }

  /** Returns the id of the last message. */
  private readList(list: unknown[], thread: ThreadKey, elements: Span[] | undefined): string | null {
    const whole = this.rows.record
    const values = list.map((value) => (isObject(value) ? value : {}))
    const ids = documentIds(values.map((value) => asString(value.id)))
    for (const [index, value] of values.entries()) {
      this.rows.record = { ...whole, ...elements?.[index] }
      this.readMessage(value, ids[index] as string, thread)
    }
    this.rows.record = whole
    return ids.at(-1) ?? null
  }

  /** Only what is new in the history that the model is sent: mostly the summary of what was compressed. */
  private readHistory(list: unknown[], thread: ThreadKey): void {
    const values = list.filter(isObject).filter((value) => typeof value.id === 'string')
    for (const value of values) {
      if (this.talk.after(thread, value.id as string) !== null) continue
      const isSummary = value.type === 'user' && partsText(partsOf(value.content)).text.includes('<state_snapshot>')
      this.readMessage(value, value.id as string, thread, isSummary)
      if (!isSummary) continue
      const place = this.talk.find(thread, value.id as string, 'text')?.place
      if (place === undefined || this.tree.isFrozen(place.segment)) continue
      const at = this.rows.at
      this.talk.facts.push({ type: 'compaction', trigger: null, preTokens: null, at, ...address(place) })
    }
  }

  private readMessage(value: JsonObject, id: string, thread: ThreadKey, isSummary = false): void {
    // A copy of what was said in another agent: its rows are there already, under names of their own.
    if (this.rows.record.offset < this.copiedBytes && this.talk.after(thread, id) === null) return
    this.rows.at = parseTime(value.timestamp)
    this.rows.nativeId = asString(value.id)
    this.talk.begin(thread, id)
    const unknown = unknownGeminiKind(value)
    if (unknown !== null) this.messages.putUnknown(unknown, value)
    else if (value.type === 'gemini') this.messages.putModel(value, id, thread)
    else if (value.type === 'user') {
      const prompt = this.messages.putUser(value, thread, isSummary)
      if (prompt !== null && thread === '') this.session.readPrompt(prompt)
    } else this.messages.putNotice(value)
    this.talk.end()
  }
}
