// What the records of Gemini CLI say about their session as a whole.

import { asString } from './claude-code-content'
import { cleanText, cutText, toTitle } from './row-text'
import type { SessionFacts } from './types'

type JsonObject = Record<string, unknown>

export class GeminiFacts {
  private readonly ids = new Map<string, number>()
  private readonly folders = new Set<string>()
  private summary: string | null = null
  private firstPrompt: string | null = null
  private folderHash: string | null = null

  /** Reads a header, a patch of it, or the head of a document. */
  readHeader(value: JsonObject, isMain: boolean): void {
    if (Array.isArray(value.directories)) {
      for (const folder of value.directories) if (typeof folder === 'string') this.folders.add(cleanText(folder))
    }
    if (!isMain) return
    const id = asString(value.sessionId)
    if (id !== null) this.ids.set(cleanText(id), (this.ids.get(cleanText(id)) ?? 0) + 1)
    this.summary = asString(value.summary) ?? this.summary
    this.folderHash = asString(value.projectHash) ?? this.folderHash
  }

  readPrompt(text: string): void {
    if (text.trim() !== '') this.firstPrompt ??= cutText(text, 1_000)
  }

  facts(): SessionFacts {
    const ids = [...this.ids].sort((a, b) => b[1] - a[1]).map(([id]) => id)
    return {
      sessionId: ids[0] ?? null,
      otherSessionIds: ids.slice(1),
      title: toTitle(this.summary) ?? toTitle(this.firstPrompt),
      cwds: [...this.folders].map((cwd) => ({ cwd, branch: null, firstAt: null, lastAt: null })),
      folderHash: this.folderHash,
      version: null,
      background: false,
      continuesPlan: false,
    }
  }
}
