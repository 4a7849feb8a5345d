// Steps of a talk in another agent as messages of OpenCode: prompts, answers, and calls as calls of the nearest tool that it
// has.
import { randomBytes } from 'node:crypto'
import { shellWord } from '@/text/shell-word'
import type { OpenCodeMessage } from './opencode-force'
import type { OpenCodeIds } from './opencode-ids'
import type { TalkStep } from './talk-steps'
import { describeCall } from './tool-acts'

type JsonObject = Record<string, unknown>
type CallStep = Extract<TalkStep, { type: 'call' }>

export type OpenCodeModel = { providerID: string; modelID: string }

export type OpenCodePlace = { sessionId: string; cwd: string; model: OpenCodeModel; ids: OpenCodeIds }

const AGENT = 'build'

/** `momentOf` gives the time of a step (milliseconds since 1970), never an earlier one than before. */
export async function* translateSteps(
  steps: AsyncIterable<TalkStep>,
  place: OpenCodePlace,
  momentOf: (at: number | null) => number,
): AsyncGenerator<OpenCodeMessage> {
  let open: OpenCodeMessage | null = null
  let promptId: string | null = null
  for await (const step of steps) {
    const at = momentOf(step.at)
    // A model says something and then calls tools: words after a call are of its next message.
    if (open !== null && (step.type === 'user' || (step.type === 'assistant' && open.parts.some(isCall)))) {
      yield open
      open = null
    }
    if (step.type === 'user') {
      const message = promptMessage(step.text, at, place)
      promptId = message.info.id as string
      yield message
      continue
    }
    open ??= answerMessage(promptId, at, place)
    const part =
      step.type === 'call' ? callPart(step, at) : { type: 'text', text: step.text, time: { start: at, end: at } }
    open.parts.push(owned(part, open.info.id as string, at, place))
  }
  if (open !== null) yield open
}

function promptMessage(text: string, at: number, place: OpenCodePlace): OpenCodeMessage {
  const id = place.ids.next('msg', at)
  const info = { id, sessionID: place.sessionId, role: 'user', time: { created: at }, agent: AGENT, model: place.model }
  return { info, parts: [owned({ type: 'text', text }, id, at, place)] }
}

function answerMessage(promptId: string | null, at: number, place: OpenCodePlace): OpenCodeMessage {
  const id = place.ids.next('msg', at)
  const { cwd, model, sessionId } = place
  const info = {
    id,
    sessionID: sessionId,
    role: 'assistant',
    parentID: promptId ?? id,
    mode: AGENT,
    agent: AGENT,
    path: { cwd, root: cwd },
    cost: 0,
    tokens: { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } },
    ...model,
    time: { created: at, completed: at },
    finish: 'stop',
  }
  return { info, parts: [] }
}

function owned(part: JsonObject, messageId: string, at: number, { ids, sessionId }: OpenCodePlace): JsonObject {
  return { id: ids.next('prt', at), messageID: messageId, sessionID: sessionId, ...part }
}

function isCall(part: JsonObject): boolean {
  return part.type === 'tool'
}

function callPart(step: CallStep, at: number): JsonObject {
  const { name, input } = nearestCall(step)
  const time = { start: at, end: at }
  const state = step.isError
    ? { status: 'error', input, error: step.result, time }
    : { status: 'completed', input, output: step.result, title: name, metadata: {}, time }
  return { type: 'tool', tool: name, callID: `call_${randomBytes(12).toString('hex')}`, state }
}

/** The call as OpenCode would make it; a tool that has no likeness keeps its own name. */
export function nearestCall(step: { name: string; input: unknown }): { name: string; input: JsonObject } {
  const act = describeCall(step.name, step.input)
  switch (act.type) {
    case 'shell':
      return { name: 'bash', input: { command: act.command, description: act.command.slice(0, 60) } }
    case 'read':
      return { name: 'read', input: defined({ filePath: act.path, offset: act.offset, limit: act.limit }) }
    case 'write':
      return { name: 'write', input: { filePath: act.path, content: act.content } }
    case 'edit': {
      const edit = { filePath: act.path, oldString: act.before, newString: act.after }
      return { name: 'edit', input: act.everywhere ? { ...edit, replaceAll: true } : edit }
    }
    case 'patch':
      return { name: 'apply_patch', input: { patchText: act.patch } }
    case 'search':
      return { name: 'grep', input: defined({ pattern: act.pattern, path: act.path }) }
    case 'find':
      return { name: 'glob', input: defined({ pattern: act.pattern, path: act.path }) }
    case 'list':
      return { name: 'bash', input: { command: `ls ${shellWord(act.path)}`, description: 'List files' } }
    case 'plan': {
      const todos = act.items.map(({ text, status }) => ({ content: text, status, priority: 'medium' }))
      return { name: 'todowrite', input: { todos } }
    }
    default: {
      const { input } = step
      const fields = typeof input === 'object' && input !== null && !Array.isArray(input) ? input : { input }
      return { name: step.name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64), input: fields as JsonObject }
    }
  }
}

function defined(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}
