import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { claudeCode } from './claude-code'
import { createBlockSplitter, parseBlock } from './json-values'
import type { RawRecord } from './types'

function count(bytes: Buffer) {
  const splitter = createBlockSplitter()
  const counter = claudeCode.createCounter()
  for (const block of [...splitter.push(bytes), ...splitter.end()]) {
    for (const record of parseBlock(block, 1)) counter.count(record)
  }
  return counter.report()
}

const lines = (...values: unknown[]) => Buffer.from(values.map((value) => JSON.stringify(value)).join('\n'))

test('a source is counted by the rules of its format', () => {
  const report = count(readFileSync(join(import.meta.dirname, 'fixtures/claude-code.jsonl')))
  expect(report).toMatchObject({
    records: 50,
    prompts: 4,
    messages: 15,
    assistantMessages: 7,
    toolCalls: 5,
    toolResults: 6,
    toolErrors: 2,
    tokens: { input: 70, output: 148, cacheRead: 700, cacheWrite: 35 },
    firstAt: Date.UTC(2026, 2, 1, 9, 0, 1),
    lastAt: Date.UTC(2026, 2, 1, 9, 6),
    unknown: 4,
    unknownTypes: { 'system:telepathy': 1, 'attachment:crystal_ball': 1, 'record:mood': 2 },
    healed: 2,
    bad: 1,
  })
  expect(report.problems).toEqual([{ line: 45, reason: 'is not valid JSON' }])
})

test('a record written twice is a record twice, but its calls and tokens count once', () => {
  const message = {
    id: 'm',
    model: 'x',
    content: [{ type: 'tool_use', id: 't', name: 'Bash', input: {} }],
    usage: { output_tokens: 5 },
  }
  const value = { type: 'assistant', uuid: 'u', sessionId: 's', message }
  const again = { ...value, gitBranch: 'other', message: { ...message, usage: { output_tokens: 9 } } }
  expect(count(lines(value, again))).toMatchObject({
    records: 2,
    assistantMessages: 1,
    toolCalls: 1,
    tokens: { output: 9 },
  })
})

test('a subagent has no prompts and the program own messages are none of the model', () => {
  const report = count(
    lines(
      { type: 'user', uuid: '1', sessionId: 's', isSidechain: true, message: { content: 'look' } },
      { type: 'assistant', uuid: '2', sessionId: 's', message: { id: 'x', model: '<synthetic>', content: [] } },
    ),
  )
  expect(report).toMatchObject({ records: 2, prompts: 0, assistantMessages: 0, messages: 0 })
})

test('an empty source counts nothing', () => {
  expect(count(Buffer.alloc(0))).toMatchObject({ records: 0, messages: 0, bad: 0, firstAt: null, lastAt: null })
})

test('records of any shape are counted without an error', () => {
  const odd = [null, 1, '', [], {}, { type: 7 }, { type: 'user' }, { type: 'assistant', message: [] }]
  const records = odd.map((value): RawRecord => {
    const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
    return {
      offset: 0,
      length: 1,
      line: 1,
      value: isRecord ? (value as Record<string, unknown>) : null,
      problem: isRecord ? null : 'not_an_object',
      healed: false,
    }
  })
  const counter = claudeCode.createCounter()
  for (const record of records) counter.count(record)
  expect(counter.report()).toMatchObject({ records: 4, bad: 4, unknown: 2 })
})
