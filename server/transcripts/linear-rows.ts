// Rows of agents whose messages follow one another without naming a parent and may be written again, more complete,
// under the same id. A message that is known places only what is new of it; what goes on from a message that others
// followed leaves those behind in a segment of their own. Knows places, not meanings.

import { address, type RowWriter } from './claude-code-rows'
import { setText } from './row-text'
import type { Cursor, Place } from './tree'
import {
  type PlacedMessage,
  type SessionFact,
  TEXT_LIMIT,
  type ThreadKey,
  TOOL_RESULT_LIMIT,
  type Usage,
} from './types'

/** A row that was placed, and a short mark of what stands in it. */
export type KnownRow = { place: Place; source: number; length: number; text: number; answer: number }

export type Answer = { text: string; isError: boolean; durationMs: number | null; leftOut: boolean }

type Current = { thread: ThreadKey; key: string | null; known: Place | null; cursor: Cursor | null }
type Paid = { place: Place; usage: Usage | null }

const NOTHING: Usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }

export class LinearRows {
  facts: SessionFact[] = []
  private readonly known = new Map<string, KnownRow>()
  private readonly firsts = new Map<string, Paid>()
  private readonly befores = new Map<string, Place>()
  /** Where each source stands: after the message that was read last. */
  private readonly positions = new Map<number, Place>()
  /** The last row of each segment that is talk; notices after it are not missed by anybody. */
  private readonly lastTalk = new Map<number, number>()
  private current: Current = { thread: '', key: null, known: null, cursor: null }

  constructor(private readonly rows: RowWriter) {}

  /** Begins a message; without an id it is always a new one. `end` must follow. */
  begin(thread: ThreadKey, id: string | null): void {
    const { tree } = this.rows
    const key = id === null ? null : keyOf(thread, id)
    const known = key === null ? null : tree.find(key)
    this.current = { thread, key, known, cursor: null }
    if (known === null) this.enter()
    else tree.revisit(known, undefined, false)
  }

  /** Places a part of the message, or writes it again when it is known. A part without a name is always a new row. */
  put(part: string | null, row: PlacedMessage, isTalk: boolean): KnownRow {
    const { key } = this.current
    const name = key === null || part === null ? null : `${key}\n${part}`
    const known = name === null ? undefined : this.known.get(name)
    if (known !== undefined) {
      this.replaceText(known, row)
      return known
    }
    const place = this.rows.tree.append(this.current.cursor ?? this.enter(), row, isTalk)
    const text = row.text ?? ''
    const added = { place, source: row.source, length: text.length, text: mark(text), answer: 0 }
    if (name !== null) this.known.set(name, added)
    if (isTalk) this.lastTalk.set(place.segment.id, place.seq)
    if (key !== null && !this.firsts.has(key)) this.firsts.set(key, { place, usage: null })
    return added
  }

  /** The row of a part of a message, undefined when it was not placed. */
  find(thread: ThreadKey, id: string, part: string): KnownRow | undefined {
    return this.known.get(`${keyOf(thread, id)}\n${part}`)
  }

  /** Whether the message that was begun has a row. */
  hasRows(): boolean {
    return this.current.key !== null ? this.firsts.has(this.current.key) : (this.current.cursor?.rows ?? 0) > 0
  }

  /** Adds a result to the row of its call, or writes it again when it says something else now. */
  answer(call: KnownRow, answer: Answer): void {
    const { tree, record, source, patches } = this.rows
    if (tree.isFrozen(call.place.segment)) return
    const said = mark(`${answer.isError} ${answer.text}`)
    if (call.answer === said) return
    call.answer = said
    const draft = this.rows.row('tool', 'tool', null)
    setText(draft, 'toolResult', answer.text, TOOL_RESULT_LIMIT)
    const found = {
      toolResult: draft.toolResult,
      isError: answer.isError,
      durationMs: answer.durationMs,
      resultSource: source,
      resultOffset: record.offset,
      resultLength: record.length,
    }
    const truncated = draft.truncated || answer.leftOut
    const row = tree.pendingRow(call.place)
    if (row === null) patches.push({ type: 'result', ...address(call.place), ...found, truncated })
    else {
      Object.assign(row, found)
      row.truncated ||= truncated
      tree.addCharacters(draft.toolResult?.length ?? 0)
    }
  }

  /** Sets what the message cost, on its first row; of what was said before only the difference counts. */
  pay(usage: Usage, cost: number | null): void {
    const { tree, patches } = this.rows
    const paid = this.current.key === null ? undefined : this.firsts.get(this.current.key)
    if (paid === undefined || tree.isFrozen(paid.place.segment) || isSame(paid.usage ?? NOTHING, usage)) return
    const { tokens } = paid.place.segment.thread.state
    for (const field of ['input', 'output', 'cacheRead', 'cacheWrite'] as const) {
      tokens[field] += usage[field] - (paid.usage ?? NOTHING)[field]
    }
    paid.usage = usage
    const row = tree.pendingRow(paid.place)
    if (row === null) patches.push({ type: 'usage', ...address(paid.place), usage, cost })
    else Object.assign(row, { usage, cost })
  }

  /** A model that spoke in the thread of the message. */
  noteModel(model: string): void {
    this.rows.tree.thread(this.current.thread).state.models.add(model)
  }

  /** Ends the message: its id stands for the place after its rows. */
  end(): void {
    const { cursor, known, thread } = this.current
    if (cursor === null) {
      if (known !== null) this.positions.set(this.rows.source, known)
      return
    }
    this.rows.tree.leave(cursor)
    this.positions.set(this.rows.source, cursor.thread.last)
    if (cursor.rewoundFrom === null || cursor.segment === null) return
    this.facts.push({
      type: 'native_rewind',
      at: this.rows.at,
      thread,
      fromSegment: cursor.rewoundFrom.index,
      toSegment: cursor.segment.index,
      seq: cursor.segment.state.parent?.seq ?? 0,
    })
  }

  /** Rows that stand for themselves, as a message without an id. */
  aside(thread: ThreadKey, place: () => void): void {
    this.begin(thread, null)
    place()
    this.end()
  }

  /** Where a message begins; null when it was not read. */
  before(thread: ThreadKey, id: string): Place | null {
    return this.befores.get(keyOf(thread, id)) ?? null
  }

  /** Where a message ends; null when it was not read. */
  after(thread: ThreadKey, id: string): Place | null {
    return this.rows.tree.find(keyOf(thread, id))
  }

  /** The agent dropped everything after a place (null: from the first row on). */
  rewind(thread: ThreadKey, place: Place | null): void {
    const { tree } = this.rows
    const first = tree.thread(thread).segments[0]
    const target = place ?? (first === undefined ? tree.head(thread) : { segment: first, seq: 0 })
    tree.rewind(target)
    this.positions.set(this.rows.source, target)
  }

  /** What the source says next goes on from here. */
  stand(place: Place): void {
    this.positions.set(this.rows.source, place)
  }

  private enter(): Cursor {
    const { tree } = this.rows
    const { thread, key, known } = this.current
    const position = this.positions.get(this.rows.source)
    const before = position?.segment.thread.state.key === thread ? position : undefined
    const from = known ?? before ?? tree.head(thread)
    const stays =
      tree.isFrozen(from.segment) || (known === null && from.seq < (this.lastTalk.get(from.segment.id) ?? 0))
    const after = stays ? from : { segment: from.segment, seq: from.segment.state.length }
    const cursor = tree.enter({ thread, id: key, parentId: undefined, isPrompt: false, after })
    this.rows.noteTime(cursor)
    this.current.cursor = cursor
    if (key !== null && known === null) this.befores.set(key, after)
    return cursor
  }

  /** The text that was written last counts; of another copy of the session only one that has more. */
  private replaceText(known: KnownRow, row: PlacedMessage): void {
    const { tree, patches } = this.rows
    if (row.text === null || tree.isFrozen(known.place.segment)) return
    const said = mark(row.text)
    if (said === known.text || (row.source !== known.source && row.text.length < known.length)) return
    Object.assign(known, { length: row.text.length, text: said, source: row.source })
    const { text, source, offset, truncated } = row
    const pending = tree.pendingRow(known.place)
    if (pending !== null) Object.assign(pending, { text, source, offset, length: row.length, truncated })
    else patches.push({ type: 'text', ...address(known.place), text, source, offset, length: row.length, truncated })
  }

  /** A row with a text of the record that is being read. */
  textRow(role: PlacedMessage['role'], kind: PlacedMessage['kind'], subtype: string | null, text: string) {
    const row = this.rows.row(role, kind, subtype)
    setText(row, 'text', text, TEXT_LIMIT)
    return row
  }
}

function keyOf(thread: ThreadKey, id: string): string {
  return thread === '' ? id : `${thread}/${id}`
}

/** A number that is another one for another text; never 0. */
function mark(text: string): number {
  let hash = 2_166_136_261 ^ text.length
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 16_777_619)
  return (hash >>> 0) + 1
}

function isSame(a: Usage, b: Usage): boolean {
  return a.input === b.input && a.output === b.output && a.cacheRead === b.cacheRead && a.cacheWrite === b.cacheWrite
}
