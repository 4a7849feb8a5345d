// What OpenCode's documents say about their session as a whole.

import { asString, isObject } from './claude-code-content'
import { timeOf } from './opencode-content'
import { cleanText, cutText, toTitle } from './row-text'
import type { SessionFacts } from './types'

type JsonObject = Record<string, unknown>

/** The name that OpenCode gives a session before it has found one. */
const NO_TITLE = /^(New|Child) session - \d{4}-\d\d-\d\dT/

export class OpenCodeFacts {
  phase: 'plan' | 'execute' = 'execute'
  private sessionId: string | null = null
  private title: string | null = null
  private firstPrompt: string | null = null
  private version: string | null = null
  private readonly cwds = new Map<string, SessionFacts['cwds'][number]>()
  private updatedAt = 0

  /** Reads the head of a document of the main session; false when a newer version of it has been read before. */
  readInfo(info: JsonObject): boolean {
    const time = isObject(info.time) ? info.time : {}
    const [created, updated] = [timeOf(time.created), timeOf(time.updated) ?? 0]
    const folder = asString(info.directory)
    if (folder !== null) this.readFolder(folder, created)
    if (updated < this.updatedAt) return false
    this.updatedAt = updated
    this.sessionId = cleanText(asString(info.id) ?? '') || null
    this.title = asString(info.title)
    this.version = asString(info.version)
    return true
  }

  readFolder(folder: string, at: number | null): void {
    const cwd = cleanText(folder)
    const known = this.cwds.get(cwd)
    if (known === undefined) this.cwds.set(cwd, { cwd, branch: null, firstAt: at, lastAt: at })
    else if (at !== null) {
      known.firstAt = Math.min(known.firstAt ?? at, at)
      known.lastAt = Math.max(known.lastAt ?? at, at)
    }
  }

  readPrompt(text: string): void {
    if (text.trim() !== '') this.firstPrompt ??= cutText(text, 1_000)
  }

  facts(): SessionFacts {
    const said = this.title !== null && NO_TITLE.test(this.title) ? null : toTitle(this.title)
    return {
      sessionId: this.sessionId,
      otherSessionIds: [],
      title: said ?? toTitle(this.firstPrompt),
      cwds: [...this.cwds.values()].map((cwd) => ({ ...cwd })),
      version: this.version === null ? null : cleanText(this.version),
      background: false,
      continuesPlan: false,
    }
  }
}
