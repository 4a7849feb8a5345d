// Which records of a Claude Code session are in force in a talk: those of its rows, the results of its calls, and what the
// program told the model between them. Its prompts without an answer at the end are not.
import { asString, blocksOf, classifyUserText, firstText, isObject } from '@/server/transcripts/claude-code-content'
import { isPrompt } from '@/server/transcripts/claude-code-records'
import { Losses } from './talk-steps'
import type { Talk } from './types'

type JsonObject = Record<string, unknown>

/** Something at the end of which a talk cannot rest: it waits for an answer, or (`text` null) for a summary. */
type Opening = { index: number; text: string | null; isCommand: boolean }

export class RecordsInForce {
  readonly losses = new Losses()
  /** Subagents whose results are in force. */
  readonly threads = new Set<string>()
  private readonly rows = new Set<string>()
  private readonly results = new Set<string>()
  /** Records between those: no row stands for them. */
  private readonly between = new Set<string>()
  /** Calls in force that have a result. */
  private readonly answered = new Set<string>()
  /** Messages of the model of which more than thoughts is kept. */
  private readonly substantial = new Set<string>()
  private readonly carried = new Set<string>()
  private end = Number.POSITIVE_INFINITY

  static async of(talk: Talk): Promise<RecordsInForce> {
    const force = new RecordsInForce()
    await force.readRows(talk)
    await force.readRecords(talk)
    return force
  }

  /** What is carried of a record, the `index`-th of `treeRecords`; null for nothing. To be asked once for each, in order. */
  carry(value: JsonObject, index: number): JsonObject | null {
    const id = value.uuid as string
    if (index >= this.end || !(this.isSaid(id) || this.between.has(id))) return null
    if (value.type !== 'user' && value.type !== 'assistant') return value
    if (!this.isSaid(id) && !isInjected(value)) return null
    const content = contentOf(value)
    if (!Array.isArray(content)) return value
    const blocks = content.filter((block) => isObject(block) && this.isCarried(block, value))
    if (blocks.length === content.length) return value
    return blocks.length === 0 ? null : { ...value, message: { ...(value.message as JsonObject), content: blocks } }
  }

  private isSaid(id: string): boolean {
    return this.rows.has(id) || this.results.has(id)
  }

  private async readRows(talk: Talk): Promise<void> {
    for await (const row of talk.rows()) {
      if (row.kind === 'tool' && row.nativeToolId !== null) {
        if (row.toolResult === null) this.losses.unanswered++
        else this.answered.add(row.nativeToolId)
      }
      if (row.nativeId !== null) this.rows.add(row.nativeId)
    }
  }

  private async readRecords(talk: Talk): Promise<void> {
    const parents = new Map<string, string>()
    const said: string[] = []
    let opening: Opening | null = null
    let index = -1
    for await (const value of treeRecords(talk)) {
      index++
      const id = value.uuid as string
      const parent = asString(value.parentUuid) ?? asString(value.logicalParentUuid)
      if (parent !== null) parents.set(id, parent)
      this.readResults(value)
      if (!this.isSaid(id)) continue
      said.push(id)
      opening ??= openingOf(value, index)
      if (this.closes(value, opening)) opening = null
    }
    for (const id of said) this.markBetween(id, parents)
    if (opening === null) return
    this.end = opening.index
    this.losses.lastPrompt = opening.text
  }

  private markBetween(id: string, parents: Map<string, string>): void {
    let at = parents.get(id)
    while (at !== undefined && !this.isSaid(at) && !this.between.has(at)) {
      this.between.add(at)
      at = parents.get(at)
    }
  }

  private readResults(value: JsonObject): void {
    if (!blocksOf(contentOf(value)).some((block) => this.answered.has(resultOf(block) ?? ''))) return
    this.results.add(value.uuid as string)
    const thread = isObject(value.toolUseResult) ? asString(value.toolUseResult.agentId) : null
    if (thread !== null) this.threads.add(thread)
  }

  /** Also notes which messages of the model are more than thoughts. */
  private closes(value: JsonObject, opening: Opening | null): boolean {
    if (value.type === 'assistant') {
      if (value.isApiErrorMessage === true || !this.isSubstantial(value)) return false
      this.substantial.add(messageOf(value))
      return true
    }
    if (this.results.has(value.uuid as string) || value.isCompactSummary === true) return true
    return opening?.isCommand === true && isOutput(value)
  }

  private isSubstantial(value: JsonObject): boolean {
    return blocksOf(contentOf(value)).some((block) => {
      const call = callOf(block)
      return !isThinking(block) && (call === null || this.answered.has(call))
    })
  }

  /** Calls without result, and thoughts that led to nothing else, are no part of what a model can be sent. */
  private isCarried(block: JsonObject, value: JsonObject): boolean {
    const call = callOf(block)
    const key = call === null ? resultOf(block) : `call ${call}`
    if (key !== null) {
      if (!this.answered.has(call ?? key) || this.carried.has(key)) return false
      this.carried.add(key)
      return true
    }
    if (isThinking(block)) return this.substantial.has(messageOf(value))
    return this.rows.has(value.uuid as string) || value.isMeta === true || isReminder(block)
  }
}

/** The records of the talk itself that hang in its tree, each once, oldest first. */
export async function* treeRecords(talk: Talk): AsyncGenerator<JsonObject> {
  const seen = new Set<string>()
  for await (const { thread, record } of talk.records()) {
    const { value } = record
    if (thread !== '' || value === null || typeof value.uuid !== 'string' || value.type === 'progress') continue
    if (value.isSidechain === true || seen.has(value.uuid)) continue
    seen.add(value.uuid)
    yield value
  }
}

function contentOf(value: JsonObject): unknown {
  return isObject(value.message) ? value.message.content : null
}

function messageOf(value: JsonObject): string {
  return (isObject(value.message) ? asString(value.message.id) : null) ?? (value.uuid as string)
}

function callOf(block: JsonObject): string | null {
  return asString(block.type)?.endsWith('tool_use') ? (asString(block.id) ?? '') : null
}

function resultOf(block: JsonObject): string | null {
  return asString(block.type)?.endsWith('tool_result') ? (asString(block.tool_use_id) ?? '') : null
}

function isThinking(block: JsonObject): boolean {
  return block.type === 'thinking' || block.type === 'redacted_thinking'
}

function isReminder(block: JsonObject): boolean {
  return block.type === 'text' && String(block.text).trimStart().startsWith('<system-reminder>')
}

function openingOf(value: JsonObject, index: number): Opening | null {
  if (value.type === 'attachment' && isObject(value.attachment)) {
    const { type, commandMode, prompt } = value.attachment
    if (type !== 'queued_command' || commandMode !== 'prompt') return null
    return { index, text: firstText(prompt) ?? '', isCommand: false }
  }
  if (value.subtype === 'compact_boundary') return { index, text: null, isCommand: false }
  const text = firstText(contentOf(value)) ?? ''
  if (isPrompt(value)) return { index, text, isCommand: false }
  const marked = classifyUserText(text)
  if (value.type !== 'user' || value.isMeta === true || marked.subtype !== 'slash') return null
  return { index, text: marked.text, isCommand: true }
}

function isOutput(value: JsonObject): boolean {
  const text = value.type === 'system' ? asString(value.content) : firstText(contentOf(value))
  return classifyUserText(text ?? '').subtype === 'command_output'
}

/** True for what the program put into the talk by itself. */
function isInjected(value: JsonObject): boolean {
  return (
    value.type === 'user' &&
    (value.isMeta === true || classifyUserText(firstText(contentOf(value)) ?? '').kind !== 'prompt')
  )
}
