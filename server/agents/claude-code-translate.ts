// Writes a talk of another agent as a Claude Code session: prompts, answers, and calls as calls of the nearest tool that
// Claude Code has. Thoughts are left out: the model takes only those that it signed itself.
import { v4 as createId } from 'uuid'
import { shellWord } from '@/text/shell-word'
import { Losses, readSteps, type TalkStep } from './talk-steps'
import { describeCall } from './tool-acts'
import type { Talk } from './types'

type JsonObject = Record<string, unknown>

export type ClaudeCodeIdentity = { sessionId: string; cwd: string; version: string }

/** The lines of the session; what was left out is known when the last was read. */
export function translateSession(
  talk: Talk,
  identity: ClaudeCodeIdentity,
): { lines: AsyncGenerator<string>; losses: Losses } {
  const losses = new Losses()
  return { lines: writeLines(talk, identity, losses), losses }
}

async function* writeLines(talk: Talk, identity: ClaudeCodeIdentity, losses: Losses): AsyncGenerator<string> {
  let parentUuid: string | null = null
  let time = Date.now()
  const write = (type: 'user' | 'assistant', message: JsonObject): string => {
    const uuid = createId()
    const { sessionId, cwd, version } = identity
    const place = { parentUuid, isSidechain: false, userType: 'external', cwd, sessionId, version }
    parentUuid = uuid
    return JSON.stringify({ ...place, type, message, uuid, timestamp: new Date(time).toISOString() })
  }
  for await (const step of readSteps(talk, losses)) {
    time = step.at ?? time
    if (step.type === 'user') yield write('user', { role: 'user', content: step.text })
    else if (step.type === 'assistant') yield write('assistant', answer({ type: 'text', text: step.text }))
    else {
      const id = `toolu_${createId().replaceAll('-', '')}`
      const { name, input } = nearestCall(step)
      yield write('assistant', answer({ type: 'tool_use', id, name, input }))
      const result = { type: 'tool_result', tool_use_id: id, content: step.result, is_error: step.isError }
      yield write('user', { role: 'user', content: [result] })
    }
  }
}

function answer(block: JsonObject): JsonObject {
  return {
    id: `msg_${createId().replaceAll('-', '')}`,
    type: 'message',
    role: 'assistant',
    model: '<translated>',
    content: [block],
    stop_reason: block.type === 'tool_use' ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 0, output_tokens: 0 },
  }
}

/** The call as Claude Code would make it; a tool that has no likeness keeps its own name. */
export function nearestCall(step: Pick<Extract<TalkStep, { type: 'call' }>, 'name' | 'input'>): {
  name: string
  input: JsonObject
} {
  const act = describeCall(step.name, step.input)
  switch (act.type) {
    case 'shell':
      return { name: 'Bash', input: { command: act.command } }
    case 'read':
      return { name: 'Read', input: defined({ file_path: act.path, offset: act.offset, limit: act.limit }) }
    case 'write':
      return { name: 'Write', input: { file_path: act.path, content: act.content } }
    case 'edit': {
      const edit = { file_path: act.path, old_string: act.before, new_string: act.after }
      return { name: 'Edit', input: act.everywhere ? { ...edit, replace_all: true } : edit }
    }
    case 'patch':
      return { name: 'Bash', input: { command: `apply_patch <<'PATCH'\n${act.patch.trimEnd()}\nPATCH` } }
    case 'search':
      return { name: 'Grep', input: defined({ pattern: act.pattern, path: act.path }) }
    case 'find':
      return { name: 'Glob', input: defined({ pattern: act.pattern, path: act.path }) }
    case 'list':
      return { name: 'Bash', input: { command: `ls ${shellWord(act.path)}` } }
    case 'plan': {
      const todos = act.items.map(({ text, status }) => ({ content: text, status, activeForm: text }))
      return { name: 'TodoWrite', input: { todos } }
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
