// What is shown of a share: types only, so the browser may import them.
import type { Finding } from '@/server/redact/findings'
import type { Page } from '@/server/services/views'

/** A message as its reader sees it: frozen and masked. */
export type SharedMessage = {
  role: 'user' | 'assistant' | 'system' | 'tool'
  kind: string
  text: string
  toolName?: string
  toolInput?: string
  toolResult?: string
  isError?: boolean
  /** As addresses that hold the image itself. */
  images?: string[]
  /** ISO 8601; null when it is not known. */
  at: string | null
}

/** Something that was found, as the person who shares decides on it. The characters of a secret are not sent whole. */
export type FindingView = Finding

export type SharePreview = {
  title: string
  note: string | null
  messages: number
  findings: FindingView[]
  /** How many more were found than are listed; they are masked like the others. */
  moreFindings: number
  /** Images that the reader will see; nothing was looked for in them. */
  images: number
  /** A page of what the reader will see. */
  page: SharedMessage[]
  pages: number
}

export type ShareView = {
  id: string
  title: string
  taskId: string | null
  contractId: string | null
  messages: number
  masked: number
  hasPassword: boolean
  views: number
  lastViewedAt: Date | null
  expiresAt: Date | null
  revokedAt: Date | null
  state: 'open' | 'expired' | 'revoked'
  createdAt: Date
}

/** Told once, when it is made: only a hash of the token is kept. */
/** `url`: where others open it; null where no other address than this Makima's own is known. */
export type MadeShare = ShareView & { token: string; path: string; url: string | null }

export type SharePage = Page<ShareView>

/** What a reader gets. */
export type SharedConversation = {
  title: string
  note: string | null
  agent: string
  createdAt: Date
  messages: number
  page: number
  pages: number
  entries: SharedMessage[]
}
