// Finds in a copy of a talk the messages it is a copy of. OpenCode knows a message by its id in all of its database, so a
// copy has ids of its own; when it was said, what, and by which call is the same.

import { asString } from './claude-code-content'
import type { LinearRows } from './linear-rows'
import { type OpenCodeMessage, timesOf } from './opencode-content'
import type { Place } from './tree'
import type { ThreadKey } from './types'

export class OpenCodeCopies {
  private readonly originals = new Map<string, OpenCodeMessage[]>()

  constructor(private readonly talk: LinearRows) {}

  /** Remembers a message of which a copy may come. */
  note(thread: ThreadKey, message: OpenCodeMessage): void {
    const name = nameOf(thread, message)
    const others = (this.originals.get(name) ?? []).filter(({ key }) => key !== message.key)
    this.originals.set(name, [...others, message])
  }

  /** Where the copied part of a message ends in the conversation; null when its original was not read. */
  find(thread: ThreadKey, copy: OpenCodeMessage): Place | null {
    for (const original of this.originals.get(nameOf(thread, copy)) ?? []) {
      if (copy.info.role === 'user') {
        const prompt = this.talk.find(thread, original.key, 'prompt')
        if (prompt !== undefined) return prompt.place
        continue
      }
      const copied = new Set(copy.parts.map(({ part }) => markOf(part)).filter(Boolean))
      const rows = original.parts
        .filter(({ part }) => copied.has(markOf(part)))
        .map(({ key }) => this.talk.find(thread, original.key, key)?.place)
      const last = rows.findLast((place) => place !== undefined)
      if (last !== undefined) return last
    }
    return null
  }
}

function nameOf(thread: ThreadKey, { info }: OpenCodeMessage): string {
  return `${thread} ${asString(info.role)} ${timesOf(info).created}`
}

/** The same for a part and its copy. */
function markOf(part: Record<string, unknown>): string | null {
  return asString(part.callID) ?? (part.type === 'text' || part.type === 'reasoning' ? asString(part.text) : null)
}
