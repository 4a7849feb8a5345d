// Reads OpenCode's documents into rows. A session that is exported again is read again: what is known keeps its rows, what
// was added gets new ones, and a message that follows an earlier one than before leaves the rest behind, as a rewind did.

import { ChildLinks } from './child-links'
import { asString, isObject } from './claude-code-content'
import { address } from './claude-code-rows'
import { LinearReader } from './linear-reader'
import {
  isOpenCodeDocument,
  messagesOf,
  type OpenCodeMessage,
  promptOf,
  timesOf,
  unknownOpenCodePart,
  unknownOpenCodeRole,
} from './opencode-content'
import { OpenCodeCopies } from './opencode-copies'
import { OpenCodeFacts } from './opencode-facts'
import { OpenCodeRows } from './opencode-rows'
import type { RawRecord, ThreadKey, TranscriptReader } from './types'

type JsonObject = Record<string, unknown>

/** A reader for one session; see TranscriptReader. */
export function createOpenCodeReader(): TranscriptReader {
  return new OpenCodeReader()
}

class OpenCodeReader extends LinearReader implements TranscriptReader {
  private readonly children = new ChildLinks(this.tree)
  private readonly parts = new OpenCodeRows(this.rows, this.talk, this.children)
  private session = new OpenCodeFacts()
  private copiedUntil = 0
  private readonly copies = new OpenCodeCopies(this.talk)

  beginSource(source: number, _copiedBytes = 0, copiedUntil = 0): void {
    this.rows.source = source
    this.copiedUntil = copiedUntil
  }

  beginFork(): void {
    this.tree.beginFork()
    this.session = new OpenCodeFacts()
  }

  read(record: RawRecord, thread: ThreadKey = ''): void {
    const { value } = record
    this.beginRecord(record)
    this.children.readChild(thread)
    if (value !== null && isOpenCodeDocument(value)) return this.readDocument(value, thread)
    if (value === null) return this.readBroken(thread)
    // A document that ends in the middle may still be written.
    if (record.problem !== 'cut') this.talk.aside(thread, () => this.parts.putUnknown(null, 'record:', value))
  }

  facts() {
    return this.session.facts()
  }

  private readDocument(value: JsonObject, thread: ThreadKey): void {
    const whole = this.rows.record
    const info = isObject(value.info) ? value.info : {}
    const isNewest = thread === '' ? this.session.readInfo(info) : true
    const messages = messagesOf(value)
    for (const [index, message] of messages.entries()) {
      this.rows.record = { ...whole, ...whole.elements?.[index] }
      this.readMessage(message, thread)
    }
    this.rows.record = whole
    if (isNewest) this.moveHead(info, messages, thread)
  }

  /** A revert hides what follows a message until the next prompt deletes it; taking it back shows it again. */
  private moveHead(info: JsonObject, messages: OpenCodeMessage[], thread: ThreadKey): void {
    const revert = isObject(info.revert) ? info.revert : {}
    const last = messages.at(-1)
    const messageId = asString(revert.messageID)
    const partId = asString(revert.partID)
    const part = messageId === null || partId === null ? undefined : this.talk.find(thread, messageId, partId)
    const place =
      part !== undefined
        ? { segment: part.place.segment, seq: part.place.seq - 1 }
        : messageId !== null
          ? this.talk.before(thread, messageId)
          : null
    const end = place ?? (last === undefined ? null : this.talk.after(thread, last.key))
    if (end !== null) this.talk.rewind(thread, end)
  }

  private readMessage(message: OpenCodeMessage, thread: ThreadKey): void {
    const { key, info, parts } = message
    const { created } = timesOf(info)
    if (this.copiedUntil > 0 && (created ?? 0) <= this.copiedUntil && this.talk.after(thread, key) === null) {
      // A copy of what was said before: its rows are there already, under other names.
      const place = this.copies.find(thread, message)
      if (place !== null) this.talk.stand(place)
      return
    }
    this.copies.note(thread, message)
    const id = asString(info.id)
    this.rows.at = created
    this.rows.nativeId = id?.startsWith('msg_') === true ? id : null
    this.talk.begin(thread, key)
    const unknown = unknownOpenCodeRole(info)
    if (unknown !== null) this.parts.putUnknown('message', unknown, { info })
    else if (info.role === 'user') this.putPrompt(message, thread)
    else this.readAssistant(info, thread)
    for (const { key: name, part } of parts) {
      const unknownPart = unknownOpenCodePart(part)
      if (unknownPart !== null) this.parts.putUnknown(name, unknownPart, part)
      else if (info.role === 'assistant') this.parts.putModelPart(name, part, info, thread, key)
      else this.parts.putUserPart(name, part, thread, key)
    }
    if (info.role === 'assistant') this.parts.endModelMessage(info)
    this.talk.end()
  }

  private putPrompt(message: OpenCodeMessage, thread: ThreadKey): void {
    const prompt = promptOf(message)
    if (prompt === null) return
    const isNew = this.talk.find(thread, message.key, 'prompt') === undefined
    const row = this.talk.textRow('user', 'prompt', thread === '' ? null : 'from_agent', prompt.text)
    row.truncated ||= prompt.leftOut
    const { place } = this.talk.put('prompt', row, true)
    if (thread !== '') return
    this.session.readPrompt(prompt.text)
    const phase = message.info.agent === 'plan' ? 'plan' : 'execute'
    if (!isNew || phase === this.session.phase) return
    this.session.phase = phase
    this.talk.facts.push({ type: 'phase', phase, at: this.rows.at, ...address(place) })
  }

  private readAssistant(info: JsonObject, thread: ThreadKey): void {
    const path = isObject(info.path) ? info.path : {}
    const cwd = asString(path.cwd)
    if (cwd !== null && thread === '') this.session.readFolder(cwd, this.rows.at)
  }
}
