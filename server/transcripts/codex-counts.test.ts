import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { codex } from './codex'
import { createBlockSplitter, parseBlock } from './json-values'
import { Rollout } from './test-rollout'

function count(source: Buffer | string) {
  const splitter = createBlockSplitter()
  const counter = codex.createCounter()
  const bytes = typeof source === 'string' ? Buffer.from(source) : source
  for (const block of [...splitter.push(bytes), ...splitter.end()])
    for (const record of parseBlock(block, 1)) counter.count(record)
  return counter.report()
}

test('a source is counted by what it holds; what the program writes twice counts once', () => {
  expect(count(readFileSync(join(import.meta.dirname, 'fixtures/codex.jsonl')))).toMatchObject({
    prompts: 3,
    assistantMessages: 2,
    messages: 5,
    toolCalls: 5,
    toolResults: 5,
    toolErrors: 1,
    tokens: { input: 5000, output: 230, cacheRead: 3000, cacheWrite: 0 },
    unknown: 0,
    bad: 0,
  })
})

test('what a subagent copied from its parent counts as records only', () => {
  const parent = new Rollout().prompt('one').answer('first').call('c', 'shell', {}, 'Exit code: 1\nOutput:\n')
  const child = parent.copy({ source: { subagent: { thread_spawn: { parent_thread_id: parent.id } } } }, 'c')
  child.prompt('look').answer('found', 7)
  expect(count(child.text())).toMatchObject({
    records: child.lines.length,
    prompts: 0,
    assistantMessages: 1,
    toolCalls: 0,
    toolErrors: 0,
    tokens: { input: 100, output: 7, cacheRead: 40, cacheWrite: 0 },
  })
})

test('a total that began anew is counted on', () => {
  const usage = (input: number) => ({ input_tokens: input, output_tokens: 1 })
  const rollout = new Rollout()
  for (const [total, last] of [
    [100, 100],
    [250, 150],
    [250, 150],
    [30, 30],
  ] as const)
    rollout.event('token_count', { info: { total_token_usage: usage(total), last_token_usage: usage(last) } })
  expect(count(rollout.text()).tokens.input).toBe(280)
})

test('a broken line, an unknown record and an empty file are told', () => {
  const rollout = new Rollout().record('new_kind', { y: 2 })
  expect(count(`${rollout.text()}{"broken"\n`)).toMatchObject({
    records: 2,
    unknown: 1,
    unknownTypes: { 'record:new_kind': 1 },
    bad: 1,
    problems: [{ reason: 'is not valid JSON' }],
  })
  expect(count('')).toMatchObject({ records: 0, bad: 0, firstAt: null })
})
