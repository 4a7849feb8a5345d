// What a Codex session says about itself as a whole: title, folders, release, phase.

import { asString, isObject } from './claude-code-content'
import type { CodexRecord } from './codex-records'
import { cleanText, cutText, toTitle } from './row-text'
import type { SessionFacts } from './types'

type JsonObject = Record<string, unknown>
type Cwd = SessionFacts['cwds'][number]

const MAX_CWDS = 1_000

export class CodexFacts {
  private ids: string[] = []
  private name: string | null = null
  private firstPrompt: string | null = null
  private firstTask: string | null = null
  private version: string | null = null
  private branch: string | null = null
  private readonly cwds = new Map<string, Cwd>()
  phase: 'plan' | 'execute' | null = null

  /** Reads a record for what it says of the session; `isMain` is false in the file of a subagent. */
  read(record: CodexRecord, at: number | null, isMain: boolean): void {
    const { kind, type, payload } = record
    if (kind === 'session_meta') this.readMeta(payload, at, isMain)
    else if (kind === 'turn_context') this.readCwd(payload.cwd, at)
    else if (isMain && kind === 'event_msg' && type === 'thread_name_updated') this.name = asString(payload.thread_name)
  }

  readPrompt(text: string, isMain: boolean): void {
    const asked = cutText(requestOf(text), 1_000)
    if (isMain) this.firstPrompt ??= asked
    else this.firstTask ??= asked
  }

  facts(): SessionFacts {
    const title = [this.name, this.firstPrompt, this.firstTask].map(toTitle).find((text) => text !== null)
    return {
      sessionId: this.ids[0] ?? null,
      otherSessionIds: this.ids.slice(1),
      title: title ?? null,
      cwds: [...this.cwds.values()].map((cwd) => ({ ...cwd })),
      version: this.version === null ? null : cleanText(this.version),
      background: false,
      continuesPlan: false,
    }
  }

  private readMeta(payload: JsonObject, at: number | null, isMain: boolean): void {
    const id = cleanText(asString(payload.id) ?? '')
    if (id !== '' && !this.ids.includes(id)) this.ids = isMain ? [id, ...this.ids] : [...this.ids, id]
    this.version = asString(payload.cli_version) ?? this.version
    const git = isObject(payload.git) ? payload.git : {}
    this.branch = asString(git.branch)
    this.readCwd(payload.cwd, at)
  }

  private readCwd(value: unknown, at: number | null): void {
    if (typeof value !== 'string') return
    const key = `${value}\n${this.branch ?? ''}`
    let known = this.cwds.get(key)
    if (known === undefined) {
      if (this.cwds.size >= MAX_CWDS) return
      const branch = this.branch === null ? null : cleanText(this.branch) || null
      known = { cwd: cleanText(value), branch, firstAt: at, lastAt: at }
      this.cwds.set(key, known)
    }
    if (at === null) return
    if (known.firstAt === null || at < known.firstAt) known.firstAt = at
    if (known.lastAt === null || at > known.lastAt) known.lastAt = at
  }
}

/** The phase that a turn is run in, null when its record does not say. */
export function phaseOf({ kind, payload }: CodexRecord): 'plan' | 'execute' | null {
  const mode = kind === 'turn_context' && isObject(payload.collaboration_mode) ? payload.collaboration_mode.mode : null
  if (typeof mode !== 'string') return null
  return mode === 'plan' ? 'plan' : 'execute'
}

/** An editor puts what it has open before the words of the person. */
function requestOf(text: string): string {
  const mark = '## My request for Codex:'
  const at = text.startsWith('# Context from my IDE setup') ? text.indexOf(mark) : -1
  return at < 0 ? text : text.slice(at + mark.length)
}
