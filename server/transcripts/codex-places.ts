// Puts the rows of Codex's records into the tree: each once, however many copies of a session are read. Records have no
// ids that every release writes, so a record is known again by what it says and how often that was said before in its
// source.

import type { RowWriter } from './claude-code-rows'
import type { PartsText } from './codex-content'
import type { CodexNotice } from './codex-notices'
import { CodexSourceState } from './codex-source-state'
import { setText } from './row-text'
import type { Cursor, Place } from './tree'
import { type MessageKind, type SessionFact, TEXT_LIMIT, type ThreadKey } from './types'

export class CodexPlaces {
  /** The source, the thread and the kind of the record that is being read. */
  source = new CodexSourceState()
  thread: ThreadKey = ''
  isCopy = false
  /** How often the session was forked so far. */
  forks = 0
  facts: SessionFact[] = []
  private readonly sources = new Map<number, CodexSourceState>()

  constructor(private readonly rows: RowWriter) {
    this.sources.set(rows.source, this.source)
  }

  beginSource(source: number): void {
    this.source = this.sources.get(source) ?? new CodexSourceState()
    this.sources.set(source, this.source)
  }

  /** The conversation goes on after an earlier place; `isNew` is false when another copy said so already. */
  goBack(target: Place, isNew: boolean): void {
    this.source.resume = target
    const { head } = this.rows.tree.thread(this.thread).state
    const isAtEnd = head.segment === target.segment.index && head.seq === target.seq
    if (isNew && !isAtEnd) this.rows.tree.rewind(target)
  }

  /** Places words of the model. */
  placeModelText(key: string, kind: 'text' | 'thinking', said: PartsText, subtype: string | null = null): void {
    this.place(key, (cursor) => {
      const row = this.rows.row('assistant', kind, subtype)
      row.model = this.source.model
      setText(row, 'text', said.text, TEXT_LIMIT)
      row.truncated ||= said.leftOut
      this.noteResponse(this.rows.tree.append(cursor, row, true))
    })
  }

  placeNotice(key: string, notice: CodexNotice | null): void {
    if (notice !== null) this.place(key, (cursor) => this.appendNotice(cursor, notice))
  }

  appendNotice(cursor: Cursor, { subtype, text, isError }: CodexNotice): Place {
    const row = this.rows.row('system', 'notice', subtype)
    if (isError) row.isError = true
    return this.rows.appendText(cursor, row, text, false)
  }

  /** A row with words that stand in the place of the user. */
  appendText(cursor: Cursor, kind: MessageKind, subtype: string | null, said: PartsText): void {
    const row = this.rows.row('user', kind, subtype)
    setText(row, 'text', said.text, TEXT_LIMIT)
    row.truncated ||= said.leftOut
    this.rows.tree.append(cursor, row, true)
  }

  /** A row of a response of the model: the first of them carries what it used. */
  noteResponse(place: Place): void {
    this.source.firstRow ??= place
    if (this.source.model !== null) this.rows.tree.thread(this.thread).state.models.add(this.source.model)
  }

  /**
   * Places what a record stands for, after whatever came last in its thread. A record that is known places nothing; false
   * then. Without a key it is always new.
   */
  place(key: string | null, append: (cursor: Cursor) => void): boolean {
    const { source, thread } = this
    const { tree } = this.rows
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
      this.facts.push({ type: 'native_rewind', at: this.rows.at, thread, fromSegment, toSegment, seq })
    }
    return true
  }

  /** Only the copy at the beginning of a fork is looked for among the records of its origin. */
  private find(name: string): Place | null {
    for (let fork = this.forks; fork >= (this.isCopy ? 0 : this.forks); fork--) {
      const place = this.rows.tree.find(`${fork} ${name}`)
      if (place !== null) return place
    }
    return null
  }
}
