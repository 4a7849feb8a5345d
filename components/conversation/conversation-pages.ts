// Which pages of a conversation must be asked for, and what is known of it. Positions stand while the head's segment stands.
import type { ConversationSlice, MessageView } from '@/server/services/views'

export const PAGE = 60

/** Messages by position, gathered from slices; forgets all when the conversation was taken back or another way. */
export class KnownMessages {
  private readonly messages = new Map<number, MessageView>()
  private segment = ''
  total = 0

  /** Takes a slice in. Returns true when what was known before no longer held. */
  add(slice: ConversationSlice): boolean {
    const segment = slice.headVersion.split(':')[0] ?? ''
    const moved = this.segment !== '' && (segment !== this.segment || slice.totalMessages < this.total)
    if (moved) this.messages.clear()
    this.segment = segment
    this.total = slice.totalMessages
    for (const message of slice.messages) this.messages.set(message.index, message)
    return moved
  }

  /** True when this very slice was taken in already and nothing was forgotten since. */
  holds(slice: ConversationSlice): boolean {
    return slice.messages.every((message) => this.messages.get(message.index) === message)
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
