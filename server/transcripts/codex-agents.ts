// Which call started which subagent. The parent's records tell it in several places, by release; the subagent's own file
// names only its parent. Either may be read first.

import type { ChildLinks, Spawn } from './child-links'
import { asString, isObject } from './claude-code-content'
import { outputText, parseObject } from './codex-content'
import { readSubagentNotification } from './codex-notices'
import type { CodexRecord } from './codex-records'
import type { ThreadMeta } from './codex-source'
import { cleanText, cutText } from './row-text'
import type { ThreadKey, ThreadState } from './types'

const DESCRIPTION_LIMIT = 120

export class CodexAgents {
  /** Calls that start an agent and have not told which yet. */
  private readonly calls = new Map<string, Spawn>()
  private readonly spawns = new Map<ThreadKey, Spawn>()
  /** Agents whose own file says that they ended. */
  private readonly ended = new Set<ThreadKey>()
  /** Agents by the path that later releases name them by. */
  private readonly paths = new Map<string, ThreadKey>()

  constructor(private readonly links: ChildLinks) {}

  /** A record of a subagent's own file. */
  readChild(thread: ThreadKey): void {
    this.links.readChild(thread)
  }

  /** The header of a subagent's own file. */
  readMeta(state: ThreadState, { role, nickname }: ThreadMeta): void {
    if (state.key === '') return
    state.agentType ??= role ?? nickname
  }

  /** What a subagent was asked, as its own file has it. */
  readPrompt(state: ThreadState, text: string): void {
    if (state.key !== '') state.description ??= describe(text)
  }

  readCall({ type, payload }: CodexRecord): void {
    const toolId = asString(payload.call_id)
    if (type !== 'function_call' || payload.name !== 'spawn_agent' || toolId === null) return
    const input = parseObject(payload.arguments) ?? {}
    const task = asString(input.task_name)
    const description = task ?? describe(asString(input.message) ?? asString(input.prompt) ?? '')
    this.calls.set(toolId, { toolId, description, agentType: asString(input.agent_type), finished: false })
  }

  readResult({ payload }: CodexRecord): void {
    const toolId = asString(payload.call_id) ?? ''
    const child = this.calls.has(toolId) ? asString(parseObject(outputText(payload.output).text)?.agent_id) : null
    if (child !== null) this.start(child, toolId, {})
  }

  /** Events about agents, and the end of a subagent's own turn. */
  readEvent({ type, payload }: CodexRecord, state: ThreadState): void {
    if (type === 'collab_agent_spawn_end') {
      const child = asString(payload.new_thread_id)
      const [role, prompt] = [asString(payload.new_agent_role), asString(payload.prompt)]
      const said = { agentType: role, description: prompt === null ? null : describe(prompt) }
      if (child !== null) this.start(child, asString(payload.call_id) ?? '', said)
    } else if (type === 'sub_agent_activity') this.readActivity(payload)
    else if (type === 'collab_close_end') this.finish(asString(payload.receiver_thread_id))
    else if (type === 'collab_waiting_end' && Array.isArray(payload.agent_statuses)) {
      for (const { thread_id, status } of payload.agent_statuses.filter(isObject)) {
        if (isObject(status) && 'completed' in status) this.finish(asString(thread_id))
      }
    } else if (state.key !== '') this.readTurn(type, state)
  }

  /** A subagent that ended may be given more to do; what its parent says of its end stays. */
  private readTurn(type: string, state: ThreadState): void {
    if (type === 'task_started' && this.ended.delete(state.key)) state.finished = false
    if ((type !== 'task_complete' && type !== 'exited_review_mode') || state.finished) return
    state.finished = true
    this.ended.add(state.key)
  }

  /** Words in the place of the user may tell that an agent ended. */
  readNotification(text: string): void {
    const said = readSubagentNotification(text)
    if (said?.ended === true) this.finish(this.paths.get(said.agent) ?? said.agent)
  }

  /** A final answer by mail ends its sender's task. */
  readMail({ payload }: CodexRecord): void {
    const author = asString(payload.author)
    const part: unknown = Array.isArray(payload.content) ? payload.content[0] : null
    const text = isObject(part) ? asString(part.text) : null
    if (author !== null && text?.startsWith('Message Type: FINAL_ANSWER') === true) {
      this.finish(this.paths.get(author) ?? null)
    }
  }

  private readActivity({ kind, event_id, agent_thread_id, agent_path }: Record<string, unknown>): void {
    const child = asString(agent_thread_id)
    if (child === null) return
    if (typeof agent_path === 'string') this.paths.set(agent_path, child)
    if (kind === 'started') this.start(child, asString(event_id) ?? '', {})
  }

  private start(
    child: ThreadKey,
    toolId: string,
    said: { agentType?: string | null; description?: string | null },
  ): void {
    const key = cleanText(child)
    const call = this.spawns.get(key) ?? this.calls.get(toolId)
    const spawn = {
      toolId: call?.toolId ?? (toolId || null),
      description: call?.description ?? said.description ?? null,
      agentType: call?.agentType ?? said.agentType ?? null,
      finished: call?.finished ?? false,
    }
    this.calls.delete(toolId)
    this.spawns.set(key, spawn)
    this.links.started(key, spawn)
  }

  private finish(child: ThreadKey | null): void {
    const spawn = child === null ? undefined : this.spawns.get(cleanText(child))
    if (child === null || spawn === undefined || spawn.finished) return
    spawn.finished = true
    this.links.started(cleanText(child), spawn)
  }
}

function describe(text: string): string | null {
  const line = text.replace(/\s+/g, ' ').trim()
  if (line === '' || line === 'REDACTED') return null
  return line.length > DESCRIPTION_LIMIT ? `${cutText(line, DESCRIPTION_LIMIT - 1)}…` : line
}
