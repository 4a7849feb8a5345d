// Which pages of a conversation must be asked for, and what is known of it. Positions stand while the head's segment stands.
import type { ConversationSlice, MessageView } from '@/server/services/views'

export const PAGE = 60

/**
 * Messages by position, gathered from slices. One slice, the one that the conversation opened at, says which head is in force;
 * others fill in only what belongs to it, so that an old answer cannot bring back what was rewound.
 */
export class KnownMessages {
  private readonly messages = new Map<number, MessageView>()
  private head: ConversationSlice | null = null
  private taken = new WeakSet<ConversationSlice>()
  total = 0

  /** Takes the leading slice in, once. Forgets everything when the conversation was taken back or another way. */
  lead(slice: ConversationSlice): boolean {
    if (slice === this.head) return false
    const moved = this.head !== null && (segmentOf(slice) !== segmentOf(this.head) || slice.totalMessages < this.total)
    if (moved) {
      this.messages.clear()
      this.taken = new WeakSet()
    }
    this.head = slice
    this.total = slice.totalMessages
    this.put(slice)
    return true
  }

  /** Takes another slice in, once; leaves it out while it belongs to another head. True when something was learnt. */
  fill(slice: ConversationSlice): boolean {
    if (!this.head || this.taken.has(slice)) return false
    if (segmentOf(slice) !== segmentOf(this.head) || slice.totalMessages > this.total) return false
    this.put(slice)
    return true
  }

  private put(slice: ConversationSlice) {
    this.taken.add(slice)
    for (const message of slice.messages) this.messages.set(message.index, message)
  }

  get(index: number): MessageView | undefined {
    return this.messages.get(index)
  }

  /** The numbers of the pages of which something between two positions is not known yet. */
  findMissingPages(start: number, end: number): number[] {
    const pages: number[] = []
    for (let index = Math.max(0, start); index <= Math.min(end, this.total - 1); index++) {
      if (this.messages.has(index)) continue
      const page = Math.floor(index / PAGE)
      pages.push(page)
      index = (page + 1) * PAGE - 1
    }
    return pages
  }
}

function segmentOf(slice: ConversationSlice): string {
  return slice.headVersion.split(':')[0] ?? ''
}

/** How high a message will be, before it was measured. Pixels, for a column of about 850. */
export function estimateHeight(message: MessageView | undefined): number {
  if (!message) return 46
  const length = message.text?.length ?? 0
  const lines = Math.min(
    60,
    Math.ceil(Math.min(length, 3_000) / 110) + (message.text?.slice(0, 3_000).split('\n').length ?? 1) / 2,
  )
  switch (message.kind) {
    case 'tool':
    case 'thinking':
    case 'unknown':
    case 'summary':
      return 26
    case 'notice':
      return 28
    case 'prompt':
      return 36 + lines * 20
    case 'command':
    case 'text':
      return 14 + lines * 20
  }
}
