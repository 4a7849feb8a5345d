import { describe, expect, test } from 'vitest'
import { acp } from './acp'
import { detectFormat } from './formats'
import { createBlockSplitter, parseBlock } from './json-values'
import type { RawRecord } from './types'

function linesOf(text: string): RawRecord[] {
  const splitter = createBlockSplitter()
  return [...splitter.push(Buffer.from(text)), ...splitter.end()].flatMap((block) => parseBlock(block, 1))
}
const jsonl = (...values: object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('')

let seconds = 0
const record = (type: string, id: string, fields: object) => ({
  type,
  id,
  at: new Date(Date.UTC(2026, 4, 4) + seconds++ * 1000).toISOString(),
  ...fields,
})
const header = (sessionId: string, fields: object = {}) =>
  record('session', `h-${sessionId}`, { journal: 'makima-acp-1', sessionId, cwd: '/work/planets', ...fields })
const update = (id: string, fields: object) => record('update', id, { update: fields })

const session = [
  header('s1', { agent: 'Some agent 3.1', goesOn: true }),
  record('prompt', 'p1', { text: 'Write the number of planets.' }),
  record('thought', 'm1', { text: 'There are eight.', model: 'test-model' }),
  update('u1', {
    sessionUpdate: 'plan',
    entries: [
      { content: 'Count', status: 'completed' },
      { content: 'Write', status: 'pending' },
    ],
  }),
  update('u2', { sessionUpdate: 'tool_call', toolCallId: 'c1', title: 'write', status: 'pending', rawInput: {} }),
  update('u3', {
    sessionUpdate: 'tool_call_update',
    toolCallId: 'c1',
    status: 'in_progress',
    rawInput: { to: 'p.txt' },
  }),
  update('u4', {
    sessionUpdate: 'tool_call_update',
    toolCallId: 'c1',
    status: 'completed',
    content: [{ type: 'content', content: { type: 'text', text: 'Wrote p.txt.' } }],
  }),
  update('u5', { sessionUpdate: 'tool_call', toolCallId: 'c2', title: 'Look', kind: 'read', status: 'pending' }),
  record('message', 'm2', { text: 'Done.', model: 'test-model' }),
  update('u6', { sessionUpdate: 'tool_call_update', toolCallId: 'c2', status: 'failed', rawOutput: { error: 'gone' } }),
  update('u7', { sessionUpdate: 'available_commands_update', availableCommands: [] }),
  update('u8', { sessionUpdate: 'dance', steps: 3 }),
  record('turn', 't1', {
    stopReason: 'end_turn',
    usage: { inputTokens: 10, outputTokens: 5, thoughtTokens: 2, cachedReadTokens: 100 },
  }),
]

function read(...sources: object[][]) {
  const reader = acp.createReader()
  for (const [index, source] of sources.entries()) {
    reader.beginSource(index)
    for (const each of linesOf(jsonl(...source))) reader.read(each)
  }
  return { reader, ...reader.drain() }
}

describe('an ACP journal', () => {
  test('is told by its first record', () => {
    expect(detectFormat([null, session[0] as Record<string, unknown>])?.agent).toBe('acp')
    expect(acp.describe(session as Record<string, unknown>[], '')).toMatchObject({
      sessionId: 's1',
      thread: '',
      userIds: ['p1'],
    })
  })

  test('becomes rows in order; a call has its name, its input and its result in one', () => {
    const { messages, reader } = read(session)
    expect(messages.map((row) => [row.kind, row.text ?? row.toolName, row.toolResult])).toEqual([
      ['prompt', 'Write the number of planets.', null],
      ['thinking', 'There are eight.', null],
      ['notice', '[x] Count\n[ ] Write', null],
      ['tool', 'write', 'Wrote p.txt.'],
      ['tool', 'Look', 'gone'],
      ['text', 'Done.', null],
      ['unknown', '{"type":"update","id":"u8"' + messages.at(-1)?.text?.slice(26), null],
    ])
    expect(messages[3]).toMatchObject({
      toolInput: '{"to":"p.txt"}',
      isError: false,
      durationMs: 2000,
      nativeToolId: 'c1',
    })
    expect(messages[4]).toMatchObject({ toolInput: '{"title":"Look"}', isError: true })
    expect(messages.find((row) => row.usage)).toMatchObject({
      text: 'Done.',
      usage: { input: 10, output: 7, cacheRead: 100, cacheWrite: 0 },
    })
    expect(reader.facts()).toMatchObject({
      sessionId: 's1',
      title: 'Write the number of planets.',
      version: 'Some agent 3.1',
      cwds: [{ cwd: '/work/planets' }],
    })
  })

  test('is counted as the report says it', () => {
    const counter = acp.createCounter()
    for (const each of linesOf(jsonl(...session))) counter.count(each)
    expect(counter.report()).toMatchObject({
      records: 13,
      prompts: 1,
      assistantMessages: 1,
      messages: 2,
      toolCalls: 2,
      toolResults: 2,
      toolErrors: 1,
      tokens: { input: 10, output: 7, cacheRead: 100, cacheWrite: 0 },
      unknown: 1,
      unknownTypes: { 'update:dance': 1 },
    })
  })

  test('another session of the task goes on where it was told that the talk ended, and its brief is a summary', () => {
    const next = [
      header('s2', { goesOn: false, after: 'm1' }),
      record('prompt', 'p2', { text: 'Now the moons.', brief: 'What was said before.' }),
      record('message', 'm3', { text: 'Many.' }),
    ]
    const { reader, messages } = read(session, next)
    const main = reader.threads().get('')
    expect(main?.segments).toEqual([
      { parent: null, length: 7 },
      { parent: { segment: 0, seq: 2 }, length: 3 },
    ])
    expect(main?.head).toEqual({ segment: 1, seq: 3 })
    expect(messages.filter((row) => row.segment === 1).map((row) => [row.kind, row.text])).toEqual([
      ['summary', 'What was said before.'],
      ['prompt', 'Now the moons.'],
      ['text', 'Many.'],
    ])
    expect(reader.facts()).toMatchObject({ sessionId: 's1', otherSessionIds: ['s2'] })
  })

  test('a journal that grew in the middle of a call gives that call one row', () => {
    const whole = read(session).messages
    const reader = acp.createReader()
    const records = linesOf(jsonl(...session))
    for (const [index, each] of records.entries()) {
      reader.beginSource(0)
      reader.read(each)
      if (index === records.length - 1) expect(reader.threads().get('')?.toolCallCount).toBe(2)
    }
    expect(reader.drain().messages.map((row) => [row.kind, row.text, row.toolResult])).toEqual(
      whole.map((row) => [row.kind, row.text, row.toolResult]),
    )
  })

  test('half a last line gets no row, broken bytes in the middle get one', () => {
    const reader = acp.createReader()
    reader.beginSource(0)
    for (const each of linesOf(
      `${jsonl(...session.slice(0, 2))}{"type":"mess\n${jsonl(session[8] as object)}{"type":"tu`,
    ))
      reader.read(each)
    expect(reader.drain().messages.map((row) => [row.kind, row.subtype])).toEqual([
      ['prompt', null],
      ['unknown', 'line:not_json'],
      ['text', null],
    ])
  })
})
