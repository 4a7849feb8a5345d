// Makes rows of the record that is being read and puts them into the tree.

import { contentText } from './claude-code-content'
import { cleanText, setText, stringifyJson } from './row-text'
import type { Cursor, Place, Tree } from './tree'
import {
  type MessageKind,
  type MessagePatch,
  type MessageRole,
  type PlacedMessage,
  type RawRecord,
  TEXT_LIMIT,
  type ThreadKey,
} from './types'

export class RowWriter {
  source = 0
  record!: RawRecord
  /** Of the record that is being read; rows of a record inside another one have the inner one's. */
  at: number | null = null
  nativeId: string | null = null
  patches: MessagePatch[] = []
  readonly tree: Tree

  constructor(tree: Tree) {
    this.tree = tree
  }

  /** A row of the current record, not placed yet. */
  row(role: MessageRole, kind: MessageKind, subtype: string | null): PlacedMessage {
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
      cost: null,
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

  appendText(cursor: Cursor, row: PlacedMessage, text: string, movesHead: boolean): Place {
    setText(row, 'text', text, TEXT_LIMIT)
    return this.tree.append(cursor, row, movesHead)
  }

  /** A message of several blocks as one row: texts and what stands for images. */
  appendContent(cursor: Cursor, row: PlacedMessage, content: unknown): void {
    const { text, leftOut } = contentText(content)
    row.truncated = leftOut
    this.appendText(cursor, row, text, true)
  }

  /** Something that is not known is shown as it is. */
  appendUnknown(cursor: Cursor, subtype: string, value: unknown): Place {
    const row = this.row('system', 'unknown', subtype)
    const { text, truncated } = stringifyJson(value, TEXT_LIMIT)
    row.text = text
    row.truncated = truncated
    return this.tree.append(cursor, row, false)
  }

  /** Places rows that no record of the thread stands for, after whatever came last in it. */
  place(thread: ThreadKey, append: (cursor: Cursor) => void): void {
    const cursor = this.tree.enter({ thread, id: null, parentId: undefined, isPrompt: false })
    this.noteTime(cursor)
    append(cursor)
    this.tree.leave(cursor)
  }

  /** Like `place`, for rows that repeat part of another record: they have no id of their own. */
  placeCopy(thread: ThreadKey, append: (cursor: Cursor) => void): void {
    const { nativeId } = this
    this.nativeId = null
    this.place(thread, append)
    this.nativeId = nativeId
  }

  noteTime({ thread: { state } }: Cursor): void {
    if (this.at === null) return
    if (state.firstAt === null || this.at < state.firstAt) state.firstAt = this.at
    if (state.lastAt === null || this.at > state.lastAt) state.lastAt = this.at
  }
}

/** A place as rows, patches and facts name it. */
export function address(place: Place): { thread: ThreadKey; segment: number; seq: number } {
  return { thread: place.segment.thread.state.key, segment: place.segment.index, seq: place.seq }
}
