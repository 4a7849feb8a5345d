// Which tool call started which subagent: the link between a call, its result and the thread of the agent.

import { asString, classifyUserText, isObject, tagText } from './claude-code-content'
import { cleanText, cutText } from './row-text'
import type { Tree } from './tree'
import type { ThreadKey } from './types'

type Spawn = {
  toolId: string
  description: string | null
  agentType: string | null
  prompt: string | null
  finished: boolean
}

const SPAWNING_TOOLS = new Set(['Task', 'Agent'])
const PROMPT_LIMIT = 16_384

/** What a result says about the agent that ran: its thread, and texts that may be all that is left of it. */
export type AgentResult = { thread: ThreadKey; finished: boolean; prompt: string | null; finalContent: unknown }

export class AgentLinks {
  private readonly spawns = new Map<string, Spawn>()
  private readonly byPrompt = new Map<string, Spawn>()
  private readonly unlinked = new Map<string, ThreadKey>()
  private readonly tree: Tree

  constructor(tree: Tree) {
    this.tree = tree
  }

  /** A tool call in any thread; only those that start an agent are remembered. */
  readCall(toolId: string, name: string, input: unknown): void {
    if (!SPAWNING_TOOLS.has(name) || !isObject(input)) return
    const prompt = asString(input.prompt)
    const spawn = {
      toolId,
      description: asString(input.description),
      agentType: asString(input.subagent_type),
      prompt: prompt === null ? null : cutText(prompt, PROMPT_LIMIT),
      finished: false,
    }
    this.spawns.set(toolId, spawn)
    if (spawn.prompt === null) return
    const thread = this.unlinked.get(spawn.prompt)
    if (thread === undefined) this.byPrompt.set(spawn.prompt, spawn)
    else this.link(thread, toolId)
    this.unlinked.delete(spawn.prompt)
  }

  /** The first prompt of a subagent's thread: joins a thread whose call has no result yet. */
  readAgentPrompt(thread: ThreadKey, text: string): void {
    if (this.tree.thread(thread).state.spawnedByToolId !== null) return
    const prompt = cutText(text, PROMPT_LIMIT)
    const spawn = this.byPrompt.get(prompt)
    if (spawn === undefined) this.unlinked.set(prompt, thread)
    else this.link(thread, spawn.toolId)
  }

  /** A record inside a progress record names both the agent and the call. */
  link(thread: ThreadKey, toolId: string): void {
    const { state } = this.tree.thread(thread)
    const spawn = this.spawns.get(toolId)
    state.spawnedByToolId ??= cleanText(toolId)
    if (spawn === undefined) return
    state.description ??= clean(spawn.description ?? spawn.prompt?.slice(0, 200) ?? null)
    state.agentType ??= clean(spawn.agentType)
    if (spawn.finished) state.finished = true
    if (spawn.prompt !== null) this.byPrompt.delete(spawn.prompt)
  }

  /** The result of a call that started an agent; null for every other result. */
  readResult(toolId: string, result: unknown): AgentResult | null {
    const spawn = this.spawns.get(toolId)
    const thread = isObject(result) ? asThreadKey(result.agentId) : null
    if (thread === null || !isObject(result)) {
      if (spawn !== undefined) this.finish(toolId)
      return null
    }
    if (spawn === undefined && typeof result.prompt !== 'string') return null
    this.link(thread, toolId)
    const { state } = this.tree.thread(thread)
    state.description ??= clean(asString(result.description))
    state.agentType ??= clean(asString(result.agentType))
    const finished = result.isAsync !== true && result.status !== 'async_launched'
    if (finished) this.finish(toolId)
    return { thread, finished, prompt: asString(result.prompt) ?? spawn?.prompt ?? null, finalContent: result.content }
  }

  /** The call has its last answer, also when that is an error that names no agent: its thread may be read later. */
  private finish(toolId: string): void {
    const spawn = this.spawns.get(toolId)
    if (spawn !== undefined) spawn.finished = true
    for (const state of this.tree.threads.values()) {
      if (state.spawnedByToolId !== toolId) continue
      state.finished = true
      this.spawns.delete(toolId)
    }
  }

  /** A notification that a background task ended; gives the final words of an agent if it is one that is known. */
  readNotification(text: string): { thread: ThreadKey; result: string | null } | null {
    if (classifyUserText(text).subtype !== 'task_notification') return null
    const taskId = tagText(text, 'task-id')?.trim() ?? ''
    const toolId = tagText(text, 'tool-use-id')?.trim() ?? ''
    for (const [key, state] of this.tree.threads) {
      if (key === '' || (key !== taskId && (toolId === '' || state.spawnedByToolId !== toolId))) continue
      state.finished = true
      return { thread: key, result: tagText(text, 'result') }
    }
    return null
  }
}

/** The thread of an agent id; null when there is none. */
export function asThreadKey(agentId: unknown): ThreadKey | null {
  return cleanText(asString(agentId) ?? '') || null
}

function clean(text: string | null): string | null {
  return text === null ? null : cleanText(text)
}
