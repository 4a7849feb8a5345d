// Writes a talk of another agent as a Codex thread: prompts, answers, and calls as calls of the nearest tool that Codex has.
import { v7 as createId } from 'uuid'
import type { CodexIdentity } from './codex-copy'
import { Losses, readSteps, type TalkStep } from './talk-steps'
import { describeCall, toShellCommand } from './tool-acts'
import type { Talk } from './types'

type JsonObject = Record<string, unknown>
type CallStep = Extract<TalkStep, { type: 'call' }>

/** The lines of the thread; what was left out is known when the last was read. */
export function translateThread(
  talk: Talk,
  identity: CodexIdentity & { version: string },
): { lines: AsyncGenerator<string>; losses: Losses } {
  const losses = new Losses()
  return { lines: writeLines(talk, identity, losses), losses }
}

async function* writeLines(
  talk: Talk,
  identity: CodexIdentity & { version: string },
  losses: Losses,
): AsyncGenerator<string> {
  const { threadId, cwd, now, version } = identity
  let ordinal = 0
  let time = now
  const write = (type: string, payload: JsonObject) =>
    JSON.stringify({ timestamp: new Date(time).toISOString(), ordinal: ordinal++, type, payload })
  yield write('session_meta', {
    session_id: threadId,
    id: threadId,
    timestamp: new Date(now).toISOString(),
    cwd,
    originator: 'makima',
    cli_version: version,
    source: 'exec',
    history_mode: 'paginated',
  })
  let turnId: string | null = null
  let answered = false
  let lastAnswer: string | null = null
  for await (const step of readSteps(talk, losses)) {
    time = step.at ?? time
    if (turnId === null || (step.type === 'user' && answered)) {
      if (turnId !== null) yield write('event_msg', turnEnd(turnId, lastAnswer, time))
      turnId = createId()
      answered = false
      lastAnswer = null
      yield write('event_msg', { type: 'task_started', turn_id: turnId, started_at: Math.floor(time / 1000) })
    }
    const item = (item: JsonObject) =>
      write('event_msg', { type: 'item_completed', thread_id: threadId, turn_id: turnId, item, ...moment(time) })
    if (step.type === 'user') {
      yield write('response_item', message('user', [{ type: 'input_text', text: step.text }]))
      const content = [{ type: 'text', text: step.text, text_elements: [] }]
      yield item({ type: 'UserMessage', id: createId(), content })
      continue
    }
    answered = true
    if (step.type === 'assistant') {
      lastAnswer = step.text
      const answer = message('assistant', [{ type: 'output_text', text: step.text }])
      yield item({ type: 'AgentMessage', id: answer.id, content: [{ type: 'Text', text: step.text }] })
      yield write('response_item', answer)
    } else for (const payload of callItems(step)) yield write('response_item', payload)
  }
  if (turnId !== null) yield write('event_msg', turnEnd(turnId, lastAnswer, time))
}

function message(role: string, content: JsonObject[]): JsonObject {
  return { type: 'message', id: `msg_${createId()}`, role, content }
}

function moment(time: number): JsonObject {
  return { started_at_ms: time, completed_at_ms: time }
}

function turnEnd(turnId: string, lastAnswer: string | null, time: number): JsonObject {
  const completedAt = Math.floor(time / 1000)
  return { type: 'task_complete', turn_id: turnId, last_agent_message: lastAnswer, completed_at: completedAt }
}

function callItems(step: CallStep): JsonObject[] {
  const callId = `call_${createId().replaceAll('-', '')}`
  const { name, input } = nearestCall(step)
  return [
    { type: 'function_call', name, arguments: JSON.stringify(input), call_id: callId },
    { type: 'function_call_output', call_id: callId, output: step.isError ? `Error: ${step.result}` : step.result },
  ]
}

/** The call as Codex would make it; a tool that has no likeness keeps its own name. */
export function nearestCall(step: { name: string; input: unknown }): { name: string; input: JsonObject } {
  const act = describeCall(step.name, step.input)
  const command = toShellCommand(act)
  if (command !== null) return { name: 'exec_command', input: { cmd: command } }
  if (act.type === 'plan') {
    return { name: 'update_plan', input: { plan: act.items.map(({ text, status }) => ({ step: text, status })) } }
  }
  const input =
    typeof step.input === 'object' && step.input !== null ? (step.input as JsonObject) : { input: step.input }
  return { name: step.name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64), input }
}
