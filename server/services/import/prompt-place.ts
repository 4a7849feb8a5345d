import type { PlacedMessage, ThreadKey } from '@/server/transcripts/types'

const PREVIEW_CHARACTERS = 400

/** Where a prompt stands and how it begins: what the history tells of it. */
export type PromptPlace = {
  thread: ThreadKey
  segment: number
  seq: number
  kind: string
  at: number | null
  preview: string
}

export function toPromptPlace({ thread, segment, seq, kind, at, text }: PlacedMessage): PromptPlace {
  // By way of bytes: a slice of a string keeps the whole of it in memory, and a session may have thousands of long prompts.
  const preview = Buffer.from((text ?? '').slice(0, PREVIEW_CHARACTERS)).toString()
  return { thread, segment, seq, kind, at, preview }
}
