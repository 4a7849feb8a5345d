// Talks for tests: a made one of Claude Code, and the way from rows and records to a talk.
import type { RawRecord } from '@/server/transcripts/types'
import type { Talk, TalkRow } from './types'

export function row(fields: Partial<TalkRow> & Pick<TalkRow, 'role' | 'kind'>): TalkRow {
  return {
    text: null,
    toolName: null,
    toolInput: null,
    toolResult: null,
    isError: null,
    nativeId: null,
    nativeMessageId: null,
    nativeToolId: null,
    model: null,
    at: null,
    subtype: null,
    ...fields,
  }
}

/** A talk of rows and of records in one or several sources. */
export function talkOf(agent: Talk['agent'], rows: TalkRow[], sources: Record<string, unknown>[][] = []): Talk {
  return {
    agent,
    last: rows.at(-1) ?? null,
    async *rows() {
      yield* rows
    },
    async *records() {
      for (const [source, values] of sources.entries()) {
        for (const [index, value] of values.entries()) yield { source, thread: '', record: record(value, index) }
      }
    },
  }
}

function record(value: Record<string, unknown>, index: number): RawRecord {
  return { offset: index, length: 1, line: index + 1, value, problem: null, healed: false }
}

const call = (name: string, input: unknown, result: string | null, id: string, isError = false): TalkRow =>
  row({
    role: 'tool',
    kind: 'tool',
    toolName: name,
    toolInput: JSON.stringify(input),
    toolResult: result,
    isError,
    nativeToolId: id,
  })

/** Two turns of Claude Code with thinking, edits, a failed command, a tool that only it has, and a prompt without answer. */
export const claudeTalk: Talk = talkOf('claude-code', [
  row({ role: 'user', kind: 'prompt', text: 'Fix the greeting.' }),
  row({ role: 'assistant', kind: 'thinking', text: 'Let me look.' }),
  row({ role: 'assistant', kind: 'text', text: 'I read the file first.' }),
  call('Read', { file_path: 'greeting.txt' }, '1\tHelo', 'toolu_1'),
  call('Edit', { file_path: 'greeting.txt', old_string: 'Helo', new_string: 'Hello' }, 'Updated.', 'toolu_2'),
  row({ role: 'assistant', kind: 'text', text: 'It says Hello now.' }),
  row({ role: 'system', kind: 'notice', subtype: 'turn_duration' }),
  row({ role: 'user', kind: 'prompt', text: 'Run the tests.' }),
  call('Bash', { command: "npm test -- 'a b'" }, 'Exit code 1', 'toolu_3', true),
  call('WebFetch', { url: 'https://example.org', prompt: 'What is it?' }, 'A page.', 'toolu_4'),
  call('Bash', { command: 'sleep 100' }, null, 'toolu_5'),
  row({ role: 'assistant', kind: 'text', text: 'They fail.' }),
  row({ role: 'user', kind: 'prompt', text: 'Why?' }),
])

const patch = '*** Begin Patch\n*** Update File: greeting.txt\n@@\n-Helo\n+Hello\n*** End Patch'

/** A turn of Codex with thinking, a command, a patch and a plan. */
export const codexTalk: Talk = talkOf('codex', [
  row({ role: 'user', kind: 'prompt', text: 'Fix the greeting.' }),
  row({ role: 'assistant', kind: 'thinking', text: 'Let me look.' }),
  call('exec_command', { cmd: 'cat greeting.txt' }, 'Helo', 'call_1'),
  call('apply_patch', { input: patch }, 'Done.', 'call_2'),
  call('update_plan', { plan: [{ step: 'Fix', status: 'completed' }] }, 'Plan updated.', 'call_3'),
  row({ role: 'assistant', kind: 'text', text: 'It says Hello now.' }),
  row({ role: 'user', kind: 'prompt', text: 'Why?' }),
])
