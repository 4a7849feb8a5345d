// What the records say about their session as a whole: ids, title, folders, plan or execute.

import { asNumber, asString, isObject } from './claude-code-content'
import { cleanText, cutText, toTitle } from './row-text'
import type { SessionFact, SessionFacts } from './types'

type JsonObject = Record<string, unknown>
type Cwd = SessionFacts['cwds'][number]
type Place = { segment: number; seq: number }

const MAX_CWDS = 1_000
const MAX_SUMMARIES = 1_000

/** Collects facts; `isKnown` says whether a record is of this session. */
export class SessionFactsCollector {
  private sessions = new Map<string, number>()
  private cwds = new Map<string, Cwd>()
  private lastCwd: Cwd | null = null
  private lastBranch: unknown = null
  private summaries = new Map<string, string>()
  private customTitle: string | null = null
  private aiTitle: string | null = null
  private firstPrompt: string | null = null
  private firstCommand: string | null = null
  private version: string | null = null
  private background = false
  phase: 'plan' | 'execute' | null = null
  private pullRequests = new Set<string>()
  private readonly isKnown: (id: string) => boolean

  constructor(isKnown: (id: string) => boolean) {
    this.isKnown = isKnown
  }

  /** Reads the envelope that every record of a conversation has. */
  readEnvelope(value: JsonObject, at: number | null): void {
    if (typeof value.sessionId === 'string') {
      this.sessions.set(value.sessionId, (this.sessions.get(value.sessionId) ?? 0) + 1)
    }
    if (typeof value.version === 'string') this.version = value.version
    if (value.sessionKind === 'bg') this.background = true
    if (typeof value.cwd === 'string') this.readCwd(value.cwd, value.gitBranch, at)
  }

  /** Reads a record without uuid that describes the session; a pull request comes out once. */
  readState(value: JsonObject, at: number | null): SessionFact | null {
    if (value.type === 'custom-title') this.customTitle = asString(value.customTitle)
    else if (value.type === 'ai-title') this.aiTitle = asString(value.aiTitle)
    else if (value.type === 'summary') this.readSummary(value)
    else if (value.type === 'pr-link') {
      const url = asString(value.prUrl)
      if (url === null || this.pullRequests.has(url)) return null
      this.pullRequests.add(url)
      return { type: 'pull_request', url: cleanText(url), number: asNumber(value.prNumber), at }
    }
    return null
  }

  readPrompt(text: string): void {
    this.firstPrompt ??= cutText(text, 1_000)
  }

  readCommand(text: string): void {
    this.firstCommand ??= cutText(text, 1_000)
  }

  /** The phase from now on; a fact comes out when it is another one than before. */
  readPhase(phase: 'plan' | 'execute', at: number | null, thread: string, place: Place): SessionFact | null {
    if (this.phase === phase) return null
    this.phase = phase
    return { type: 'phase', phase, at, thread, ...place }
  }

  facts(): SessionFacts {
    const ids = [...this.sessions].sort((a, b) => b[1] - a[1]).map(([id]) => cleanText(id))
    return {
      sessionId: ids[0] ?? null,
      otherSessionIds: ids.slice(1),
      title: this.title(),
      cwds: [...this.cwds.values()].map((cwd) => ({ ...cwd })),
      version: this.version === null ? null : cleanText(this.version),
      background: this.background,
      continuesPlan: this.firstPrompt?.trimStart().startsWith('Implement the following plan') ?? false,
    }
  }

  private title(): string | null {
    const summary = [...this.summaries].filter(([leaf]) => this.isKnown(leaf)).at(-1)?.[1]
    for (const candidate of [this.customTitle, this.aiTitle, summary, this.firstPrompt, this.firstCommand]) {
      const line = toTitle(candidate ?? null)
      if (line !== null) return line
    }
    return null
  }

  private readSummary(value: JsonObject): void {
    const leaf = asString(value.leafUuid)
    const summary = asString(value.summary)
    if (leaf === null || summary === null || this.summaries.size >= MAX_SUMMARIES) return
    this.summaries.set(leaf, cutText(summary, 1_000))
  }

  private readCwd(cwd: string, gitBranch: unknown, at: number | null): void {
    let known = this.lastCwd
    if (known === null || known.cwd !== cwd || this.lastBranch !== gitBranch) {
      const branch = asString(gitBranch) || null
      const key = `${cwd}\n${branch ?? ''}`
      known = this.cwds.get(key) ?? null
      if (known === null) {
        if (this.cwds.size >= MAX_CWDS) return
        known = { cwd: cleanText(cwd), branch: branch === null ? null : cleanText(branch), firstAt: at, lastAt: at }
        this.cwds.set(key, known)
      }
      this.lastCwd = known
      this.lastBranch = gitBranch
    }
    if (at === null) return
    if (known.firstAt === null || at < known.firstAt) known.firstAt = at
    if (known.lastAt === null || at > known.lastAt) known.lastAt = at
  }
}

/** The phase that a record announces, null when it says nothing about it. */
export function announcedPhase(value: JsonObject): 'plan' | 'execute' | null {
  const mode = asString(value.permissionMode)
  if (mode !== null) return mode === 'plan' ? 'plan' : 'execute'
  if (value.type !== 'attachment' || !isObject(value.attachment)) return null
  const subtype = value.attachment.type
  if (subtype === 'plan_mode_exit') return 'execute'
  return subtype === 'plan_mode' || subtype === 'plan_mode_reentry' ? 'plan' : null
}
