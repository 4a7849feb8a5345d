// Turns records that link to their parent into threads of segments with dense rows. Shared by agents whose records form
// a tree; knows places, not meanings.
//
// A thread grows at the end of a segment. A record goes on in the segment of its parent; if the parent is not known, in
// that of the record before it. Only a sibling of an earlier prompt (a rewind), or the first row of a fork, opens a new
// segment. Rows that were read before a fork are frozen: nothing is added to their segments and nothing in them changes.

import { fitId } from './fit-text'
import { IdTable, NumberColumn } from './id-table'
import type { PlacedMessage, SegmentState, ThreadKey, ThreadState } from './types'

/** A segment with what is needed to grow it. `index` counts in its thread, `id` over all threads. */
export type Segment = {
  id: number
  index: number
  thread: Thread
  state: SegmentState
  epoch: number
  /** The last row that is part of the talk; 0 when there is none. */
  talkTo: number
  /** Rows not handed out yet; the first of them has seq `pendingFrom`. */
  pending: PlacedMessage[]
  pendingFrom: number
}

export type Thread = {
  state: ThreadState
  segments: Segment[]
  /** Where the record before lies: what has no known parent goes on there. */
  last: Place
  /** The segment that a fork opened, once it has. */
  forked: Segment | null
  /** The last record that a fork shares with its origin. */
  shared: Place | null
}

/** After row `seq` of a segment; 0 is before its first row. */
export type Place = { segment: Segment; seq: number }

export type NewRecord = {
  thread: ThreadKey
  id: string | null
  /** Undefined: the record says nothing of a parent. Null: it says that it is a root. */
  parentId: string | null | undefined
  /** True for a prompt of a person, whose siblings are rewinds. */
  isPrompt: boolean
  /** Where the record goes on, when that is known from elsewhere: what was said after this place is left behind. */
  after?: Place
}

/** The record that is being read: where its rows will go. */
export type Cursor = {
  thread: Thread
  /** Where the parent lies. */
  parent: Place
  /** Where rows go; null until the first row when a segment must be opened for it. */
  segment: Segment | null
  /** The segment that was left by a rewind. */
  rewoundFrom: Segment | null
  siblingKey: number | null
  rows: number
  id: string | null
}

export class Tree {
  private readonly ids = new IdTable()
  private readonly segmentOf = new NumberColumn()
  private readonly seqOf = new NumberColumn()
  private readonly segments: Segment[] = []
  private readonly byKey = new Map<ThreadKey, Thread>()
  private readonly states = new Map<ThreadKey, ThreadState>()
  /** The first prompt below a node, by the node's number (or below the root, by -1). */
  private firstPrompts = new Map<number, Place>()
  private rows: PlacedMessage[] = []
  private characters = 0
  private epoch = 0

  constructor() {
    this.thread('')
  }

  get threads(): ReadonlyMap<ThreadKey, ThreadState> {
    return this.states
  }

  /** The thread with this key, made with one empty segment if it is new. */
  thread(asked: ThreadKey): Thread {
    const key = fitId(asked)
    const known = this.byKey.get(key)
    if (known) return known
    const state: ThreadState = {
      key,
      segments: [],
      head: { segment: 0, seq: 0 },
      firstAt: null,
      lastAt: null,
      spawnedByToolId: null,
      description: null,
      agentType: null,
      finished: false,
      models: new Set(),
      messageCount: 0,
      toolCallCount: 0,
      tokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    }
    const thread: Thread = { state, segments: [], last: null as unknown as Place, forked: null, shared: null }
    this.byKey.set(key, thread)
    this.states.set(key, state)
    thread.last = { segment: this.openSegment(thread, null), seq: 0 }
    return thread
  }

  /** Where the record with this id lies, null when it was not read. */
  find(id: string): Place | null {
    const index = this.ids.find(id)
    if (index < 0) return null
    return { segment: this.segments[this.segmentOf.get(index)] as Segment, seq: this.seqOf.get(index) }
  }

  /** From now on everything read so far is frozen, and totals of threads begin anew. */
  beginFork(): void {
    this.epoch++
    this.firstPrompts = new Map()
    for (const { state } of this.byKey.values()) {
      Object.assign(state, { firstAt: null, lastAt: null, models: new Set(), messageCount: 0, toolCallCount: 0 })
      state.tokens = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }
    }
    for (const thread of this.byKey.values()) Object.assign(thread, { forked: null, shared: null })
  }

  isFrozen(segment: Segment): boolean {
    return segment.epoch < this.epoch
  }

  /** Notes that a record came again: what follows without a known parent goes on after it. */
  revisit(place: Place, parentId: string | null | undefined, isPrompt: boolean): void {
    const { thread } = place.segment
    thread.last = place
    if (!this.isFrozen(place.segment)) return
    // Records written late hang on older ones; they do not move the end of what is shared back.
    if (thread.shared?.segment !== place.segment || place.seq > thread.shared.seq) thread.shared = place
    if (thread.forked === null) thread.state.head = { segment: thread.shared.segment.index, seq: thread.shared.seq }
    const key = isPrompt ? this.siblingKey(thread, parentId) : null
    if (key !== null && !this.firstPrompts.has(key)) this.firstPrompts.set(key, before(place))
  }

  /** Finds the place of a new record. Rows follow by `append`, then `leave` must be called. */
  enter(record: NewRecord): Cursor {
    const thread = this.thread(record.thread)
    const found = typeof record.parentId === 'string' ? this.find(record.parentId) : null
    const parent = record.after ?? (found !== null && found.segment.thread === thread ? found : thread.last)
    const cursor: Cursor = {
      thread,
      parent,
      segment: this.continuation(thread, parent),
      rewoundFrom: null,
      siblingKey: record.isPrompt ? this.siblingKey(thread, record.parentId) : null,
      rows: 0,
      id: record.id,
    }
    if (record.after !== undefined && cursor.segment === parent.segment && parent.seq < parent.segment.talkTo) {
      cursor.rewoundFrom = thread.segments[thread.state.head.segment] ?? null
      cursor.segment = null
    }
    const sibling = cursor.siblingKey === null ? undefined : this.firstPrompts.get(cursor.siblingKey)
    if (sibling !== undefined) {
      cursor.parent = sibling
      cursor.rewoundFrom = thread.segments[thread.state.head.segment] ?? null
      cursor.segment = null
    }
    return cursor
  }

  /** Puts a row at the end of the record's segment. `movesHead` is false for rows that are no part of the talk. */
  append(cursor: Cursor, row: PlacedMessage, movesHead: boolean): Place {
    const { thread } = cursor
    if (cursor.segment === null) {
      cursor.segment = this.openSegment(thread, cursor.parent)
      if (this.epoch > 0) thread.forked = cursor.segment
      thread.state.head = { segment: cursor.segment.index, seq: 0 }
    }
    const { segment } = cursor
    const seq = ++segment.state.length
    if (movesHead) segment.talkTo = seq
    row.thread = thread.state.key
    row.segment = segment.index
    row.seq = seq
    if (segment.pending.length === 0) segment.pendingFrom = seq
    segment.pending.push(row)
    this.rows.push(row)
    this.characters += (row.text?.length ?? 0) + (row.toolInput?.length ?? 0) + (row.toolResult?.length ?? 0)
    cursor.rows++
    const { head } = thread.state
    if (head.segment === segment.index) head.seq = seq
    else if (movesHead) thread.state.head = { segment: segment.index, seq }
    thread.state.messageCount++
    return { segment, seq }
  }

  /** Ends a record: its id now stands for its place. A record without rows stands where its parent does, unless `atTip`. */
  leave(cursor: Cursor, atTip = false): void {
    const { segment } = cursor
    const tip = segment !== null && (cursor.rows > 0 || atTip)
    const place = tip ? { segment, seq: segment.state.length } : cursor.parent
    cursor.thread.last = place
    if (cursor.siblingKey !== null && tip && !this.firstPrompts.has(cursor.siblingKey)) {
      this.firstPrompts.set(cursor.siblingKey, { segment, seq: segment.state.length - cursor.rows })
    }
    if (cursor.id === null) return
    const index = this.ids.add(cursor.id)
    this.segmentOf.set(index, place.segment.id)
    this.seqOf.set(index, place.seq)
  }

  /** The agent says that the conversation ends at this record. */
  moveHead(place: Place): void {
    const { segment } = place
    const seq = this.isFrozen(segment) ? place.seq : segment.state.length
    segment.thread.state.head = { segment: segment.index, seq }
  }

  /** The agent dropped what follows a place: the conversation in force ends there, and the rest stays to be read. */
  rewind(place: Place): void {
    const { thread, index } = place.segment
    thread.last = place
    thread.state.head = { segment: index, seq: place.seq }
  }

  /** Where the conversation in force ends. */
  head(key: ThreadKey): Place {
    const { state, segments } = this.thread(key)
    return { segment: segments[state.head.segment] as Segment, seq: state.head.seq }
  }

  /** A row that `drain` has not handed out yet, else null. */
  pendingRow(place: Place): PlacedMessage | null {
    return place.segment.pending[place.seq - place.segment.pendingFrom] ?? null
  }

  segment(id: number): Segment {
    return this.segments[id] as Segment
  }

  drain(): PlacedMessage[] {
    const { rows } = this
    for (const row of rows) {
      const segment = (this.byKey.get(row.thread) as Thread).segments[row.segment] as Segment
      if (segment.pending.length > 0) segment.pending = []
    }
    this.rows = []
    this.characters = 0
    return rows
  }

  pending(): { rows: number; characters: number } {
    return { rows: this.rows.length, characters: this.characters }
  }

  addCharacters(count: number): void {
    this.characters += count
  }

  /** The segment that goes on after a place; null when the first row must open one. */
  private continuation(thread: Thread, place: Place): Segment | null {
    if (!this.isFrozen(place.segment)) return place.segment
    const { forked } = thread
    if (forked === null) return null
    for (let at = forked.state.parent; at !== null; ) {
      if (at.segment === place.segment.index) return place.seq <= at.seq ? forked : null
      at = (thread.segments[at.segment] as Segment).state.parent
    }
    return null
  }

  /** Prompts with the same key are siblings; only the main thread has prompts of a person. */
  private siblingKey(thread: Thread, parentId: string | null | undefined): number | null {
    if (thread.state.key !== '' || parentId === undefined) return null
    if (parentId === null) return -1
    const index = this.ids.find(parentId)
    return index < 0 ? null : index
  }

  private openSegment(thread: Thread, after: Place | null): Segment {
    // Before the first row of a segment is after the row that the segment itself goes on from.
    const parent =
      after === null
        ? null
        : after.seq === 0
          ? after.segment.state.parent
          : { segment: after.segment.index, seq: after.seq }
    const state: SegmentState = { parent: parent && { ...parent }, length: 0 }
    const segment: Segment = {
      id: this.segments.length,
      index: thread.segments.length,
      thread,
      state,
      epoch: this.epoch,
      talkTo: 0,
      pending: [],
      pendingFrom: 1,
    }
    this.segments.push(segment)
    thread.segments.push(segment)
    thread.state.segments.push(state)
    return segment
  }
}

function before(place: Place): Place {
  return { segment: place.segment, seq: Math.max(0, place.seq - 1) }
}
