// Steps of a talk in another agent as messages of Gemini CLI: prompts, answers, and calls as calls of the nearest tool that
// it has, each model's message followed by what its tools answered.
import { randomUUID } from 'node:crypto'
import type { GeminiMessage } from './gemini-journal'
import type { TalkStep } from './talk-steps'
import { describeCall, toShellCommand } from './tool-acts'

type JsonObject = Record<string, unknown>
type CallStep = Extract<TalkStep, { type: 'call' }>

/** `now` (milliseconds since 1970) stands for times that are not known. */
export async function* translateSteps(steps: AsyncIterable<TalkStep>, now: number): AsyncGenerator<GeminiMessage> {
  let open: { message: GeminiMessage; calls: JsonObject[]; answers: JsonObject[] } | null = null
  for await (const step of steps) {
    const timestamp = new Date(step.at ?? now).toISOString()
    // A model says something and then calls tools: words after a call are of its next message.
    if (open !== null && (step.type === 'user' || (step.type === 'assistant' && open.calls.length > 0))) {
      yield* close(open)
      open = null
    }
    if (step.type === 'user') {
      yield { id: randomUUID(), timestamp, type: 'user', content: [{ text: step.text }] }
      continue
    }
    open ??= { message: { id: randomUUID(), timestamp, type: 'gemini', content: '' }, calls: [], answers: [] }
    if (step.type === 'assistant') open.message.content = [open.message.content, step.text].filter(Boolean).join('\n\n')
    else addCall(open, step, timestamp)
  }
  if (open !== null) yield* close(open)
}

function* close({ message, calls, answers }: { message: GeminiMessage; calls: JsonObject[]; answers: JsonObject[] }) {
  if (calls.length === 0) {
    yield message
    return
  }
  yield { ...message, toolCalls: calls }
  yield { id: randomUUID(), timestamp: message.timestamp, type: 'user', content: answers }
}

function addCall(open: { calls: JsonObject[]; answers: JsonObject[] }, step: CallStep, timestamp: string): void {
  const { name, input } = nearestCall(step)
  const id = `${name}_${randomUUID()}`
  const status = step.isError ? 'error' : 'success'
  open.calls.push({ id, name, args: input, status, timestamp, resultDisplay: step.result })
  const response = step.isError ? { error: step.result } : { output: step.result }
  open.answers.push({ functionResponse: { id, name, response } })
}

/** The call as Gemini CLI would make it; a tool that has no likeness keeps its own name. */
export function nearestCall(step: { name: string; input: unknown }): { name: string; input: JsonObject } {
  const act = describeCall(step.name, step.input)
  switch (act.type) {
    case 'read': {
      const first = act.offset
      const last = act.limit === null ? null : (first ?? 1) + act.limit - 1
      return { name: 'read_file', input: defined({ file_path: act.path, start_line: first, end_line: last }) }
    }
    case 'write':
      return { name: 'write_file', input: { file_path: act.path, content: act.content } }
    case 'edit': {
      const edit = { file_path: act.path, old_string: act.before, new_string: act.after }
      return { name: 'replace', input: act.everywhere ? { ...edit, allow_multiple: true } : edit }
    }
    case 'search':
      return { name: 'grep_search', input: defined({ pattern: act.pattern, dir_path: act.path }) }
    case 'find':
      return { name: 'glob', input: defined({ pattern: act.pattern, dir_path: act.path }) }
    case 'list':
      return { name: 'list_directory', input: { dir_path: act.path } }
    case 'plan': {
      const todos = act.items.map(({ text, status }) => ({ description: text, status }))
      return { name: 'write_todos', input: { todos } }
    }
    case 'other': {
      const { input } = step
      const fields = typeof input === 'object' && input !== null && !Array.isArray(input) ? input : { input }
      return { name: step.name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64), input: fields as JsonObject }
    }
    default:
      return { name: 'run_shell_command', input: { command: toShellCommand(act) ?? '' } }
  }
}

function defined(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}
