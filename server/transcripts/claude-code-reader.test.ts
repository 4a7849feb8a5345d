import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { claudeCode } from './claude-code'
import { createBlockSplitter, parseBlock } from './json-values'
import type { PlacedMessage, RawRecord, TranscriptReader } from './types'

const fixture = readFileSync(join(import.meta.dirname, 'fixtures/claude-code.jsonl'))

function recordsOf(bytes: Buffer): RawRecord[] {
  const splitter = createBlockSplitter()
  return [...splitter.push(bytes), ...splitter.end()].flatMap((block) => parseBlock(block, 1))
}

function readFixture() {
  const reader = claudeCode.createReader()
  for (const one of recordsOf(fixture)) reader.read(one)
  return { reader, ...reader.drain() }
}

const uid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`

/** A record as Claude Code writes it, with the least that a reader needs. */
function record(id: number, parent: number | null, type: string, fields: Record<string, unknown> = {}): RawRecord {
  const value = {
    uuid: uid(id),
    parentUuid: parent === null ? null : uid(parent),
    sessionId: 'own',
    timestamp: new Date(Date.UTC(2026, 0, 1) + id * 1000).toISOString(),
    type,
    ...fields,
  }
  return { offset: id * 1000, length: 10, line: id, value, problem: null, healed: false }
}
const prompt = (id: number, parent: number | null, text: string) =>
  record(id, parent, 'user', { message: { content: text } })
const answer = (id: number, parent: number, text: string) =>
  record(id, parent, 'assistant', { message: { id: `m${id}`, model: 'x', content: [{ type: 'text', text }] } })
const call = (id: number, parent: number, toolId: string) =>
  record(id, parent, 'assistant', {
    message: { id: `m${id}`, model: 'x', content: [{ type: 'tool_use', id: toolId, name: 'Bash', input: {} }] },
  })
const result = (id: number, parent: number, toolId: string) =>
  record(id, parent, 'user', { message: { content: [{ type: 'tool_result', tool_use_id: toolId, content: 'ok' }] } })

function readAll(reader: TranscriptReader, records: RawRecord[]): PlacedMessage[] {
  for (const one of records) reader.read(one)
  return reader.drain().messages
}
const brief = (row: PlacedMessage) => `${row.segment}:${row.seq} ${row.kind} ${row.text ?? row.toolName}`

describe('rows', () => {
  const { reader, messages, patches } = readFixture()
  const main = messages.filter((row) => row.thread === '')

  test('a conversation is one row per block, in order, with a tool and its result in one row', () => {
    expect(main.map((row) => `${row.kind}${row.subtype ? `/${row.subtype}` : ''}`)).toEqual([
      'prompt',
      'thinking',
      'text',
      'tool',
      'tool',
      'tool',
      'prompt/steering',
      'text',
      'prompt',
      'notice/interrupt',
      'prompt',
      'tool',
      'tool',
      'prompt/queued',
      'text',
      'command/slash',
      'notice/command_output',
      'command/shell',
      'notice/shell_output',
      'notice/compact_boundary',
      'summary',
      'notice/api_error',
      'notice/resumed',
      'unknown/system:telepathy',
      'unknown/attachment:crystal_ball',
      'unknown/record:mood',
      'unknown/result_without_call',
      'notice/task_notification',
      'prompt',
      'unknown/line:not_json',
      'text',
      'notice/pr_link',
    ])
    expect(patches).toEqual([])
  })

  test('thinking that was not recorded has no text', () => {
    expect(main.find((row) => row.kind === 'thinking')).toMatchObject({ text: null, role: 'assistant' })
  })

  test('parallel calls each get their own result, error and duration', () => {
    const [read, bash] = main.filter((row) => row.kind === 'tool')
    expect(read).toMatchObject({
      toolName: 'Read',
      toolInput: '{"file_path":"/home/ada/shop/cart.ts"}',
      toolResult: 'export const cart = []\n[image image/png, 3 kB]',
      isError: false,
      truncated: true,
      durationMs: 4000,
    })
    expect(bash).toMatchObject({ toolResult: '2 tests failed', isError: true, truncated: false, durationMs: 1500 })
    const { resultOffset, resultLength } = bash as PlacedMessage
    const source = fixture.subarray(resultOffset ?? 0, (resultOffset ?? 0) + (resultLength ?? 0))
    expect(JSON.parse(source.toString())).toMatchObject({ uuid: uid(9) })
  })

  test('the usage of a message stands once, on its first row, with the largest values', () => {
    expect(main.filter((row) => row.nativeMessageId === 'msg_a').map((row) => row.usage)).toEqual([
      { input: 10, output: 40, cacheRead: 100, cacheWrite: 5 },
      null,
      null,
      null,
    ])
    const total = main.reduce((sum, row) => sum + (row.usage?.output ?? 0), 0)
    expect(total).toBe(reader.threads().get('')?.tokens.output)
  })

  test('what a person typed is readable: steering, commands, shell lines, refusals, images', () => {
    const texts = main.filter((row) => row.kind === 'prompt' || row.kind === 'command').map((row) => row.text)
    expect(texts).toEqual([
      'Add a cart to the shop',
      'and only the unit tests please',
      'Now make it',
      'Now make it pass\n[image image/png, 3 kB]',
      'use strict types',
      '/cost all',
      '! git status',
      'Thanks',
    ])
    expect(main.find((row) => row.nativeToolId === 'toolu_4')?.toolResult).toContain('the user said:\nshorter')
  })

  test('U+0000 never reaches a row', () => {
    expect(main.find((row) => row.nativeMessageId === 'msg_f')?.text).toBe('Done.')
    expect(JSON.stringify(messages)).not.toContain('\\u0000')
  })

  test('unknown records are kept as they are, a repeated state once', () => {
    const mood = main.filter((row) => row.subtype === 'record:mood')
    expect(mood).toHaveLength(1)
    expect(JSON.parse(mood[0]?.text ?? '')).toMatchObject({ type: 'mood', mood: 'sunny' })
  })

  test('an error of the service is told in words', () => {
    expect(main.find((row) => row.subtype === 'api_error')?.text).toBe('HTTP 529: Overloaded (try 1 of 10)')
  })

  test('an empty file gives nothing', () => {
    const empty = claudeCode.createReader()
    expect(empty.drain()).toEqual({ messages: [], patches: [], facts: [] })
    expect(empty.facts()).toMatchObject({ sessionId: null, title: null, cwds: [] })
    expect(empty.threads().get('')?.segments).toEqual([{ parent: null, length: 0 }])
  })

  test('results and usage that come after a row was handed out are patches', () => {
    const late = claudeCode.createReader()
    late.read(prompt(1, null, 'go'))
    late.read(call(2, 1, 'toolu_x'))
    expect(late.drain().messages).toHaveLength(2)
    late.read(
      record(3, 2, 'assistant', {
        message: { id: 'm2', model: 'x', content: [{ type: 'text', text: 'and' }], usage: { output_tokens: 4 } },
      }),
    )
    late.read(result(4, 2, 'toolu_x'))
    const { messages: rows, patches: later } = late.drain()
    expect(rows.map(brief)).toEqual(['0:3 text and'])
    expect(later).toMatchObject([
      { type: 'usage', thread: '', segment: 0, seq: 2, usage: { output: 4 } },
      { type: 'result', thread: '', segment: 0, seq: 2, toolResult: 'ok', isError: false, durationMs: 2000 },
    ])
    expect(late.pending()).toEqual({ rows: 0, characters: 0 })
  })

  test('however often rows are handed out, rows and patches together are the same', () => {
    const often = claudeCode.createReader()
    const rows = new Map<string, PlacedMessage>()
    for (const one of recordsOf(fixture)) {
      often.read(one)
      const drained = often.drain()
      for (const row of drained.messages) rows.set(`${row.thread} ${row.segment} ${row.seq}`, row)
      for (const { type: _, ...patch } of drained.patches) {
        const row = rows.get(`${patch.thread} ${patch.segment} ${patch.seq}`) as PlacedMessage
        const truncated = row.truncated || ('truncated' in patch && patch.truncated)
        Object.assign(row, patch, { truncated })
      }
    }
    expect([...rows.values()]).toEqual(messages)
  })

  test('reading again from the beginning gives the same rows', () => {
    const again = readFixture()
    expect(again.messages).toEqual(messages)
    expect(again.reader.facts()).toEqual(reader.facts())
    expect([...again.reader.threads()]).toEqual([...reader.threads()])
  })
})

describe('session', () => {
  const { reader, facts } = readFixture()

  test('has the id of most records, the newest title and the folder it ran in', () => {
    expect(reader.facts()).toMatchObject({
      sessionId: '11111111-2222-4333-8444-555555555555',
      title: 'Shop cart',
      version: '2.1.200',
      background: false,
      continuesPlan: false,
    })
    expect(reader.facts().cwds).toMatchObject([{ cwd: '/home/ada/shop', branch: 'main' }])
  })

  test('tells of plan mode, the compaction, the rewind and the pull request, each once', () => {
    expect(facts.map((fact) => (fact.type === 'phase' ? fact.phase : fact.type))).toEqual([
      'execute',
      'native_rewind',
      'plan',
      'execute',
      'compaction',
      'pull_request',
    ])
    expect(facts.find((fact) => fact.type === 'compaction')).toMatchObject({ trigger: 'auto', preTokens: 155_000 })
  })

  test('a summary of another session is no title', () => {
    const other = claudeCode.createReader()
    const summary = (leaf: number, text: string) => ({
      ...record(0, null, 'summary'),
      value: { type: 'summary', summary: text, leafUuid: uid(leaf) },
    })
    readAll(other, [summary(99, 'Not mine'), prompt(1, null, 'First\n  words')])
    expect(other.facts().title).toBe('First words')
    other.read(summary(1, 'Mine'))
    expect(other.facts().title).toBe('Mine')
  })
})

describe('rewinds', () => {
  test('an edited prompt opens a new segment where the first one stood; the old branch stays', () => {
    const { reader, messages } = readFixture()
    const [first, second] = reader.threads().get('')?.segments ?? []
    expect(first).toEqual({ parent: null, length: 10 })
    expect(second?.parent).toEqual({ segment: 0, seq: 8 })
    expect(messages.find((row) => row.thread === '' && row.segment === 1 && row.seq === 1)?.text).toContain(
      'make it pass',
    )
    expect(reader.threads().get('')?.head).toEqual({ segment: 1, seq: second?.length })
  })

  test('the very first prompt can be replaced', () => {
    const reader = claudeCode.createReader()
    const rows = readAll(reader, [prompt(1, null, 'a'), answer(2, 1, 'A'), prompt(3, null, 'b'), answer(4, 3, 'B')])
    expect(rows.map(brief)).toEqual(['0:1 prompt a', '0:2 text A', '1:1 prompt b', '1:2 text B'])
    expect(reader.threads().get('')?.segments[1]?.parent).toBeNull()
  })

  test('records written late go on in the old branch and do not take the head with them', () => {
    const reader = claudeCode.createReader()
    const rows = readAll(reader, [
      prompt(1, null, 'a'),
      call(2, 1, 't1'),
      prompt(3, 1, 'no'),
      prompt(4, 1, 'yes'),
      record(5, 2, 'system', { subtype: 'informational', content: 'late' }),
      result(6, 2, 't1'),
    ])
    expect(rows.map(brief)).toEqual([
      '0:1 prompt a',
      '0:2 tool Bash',
      '0:3 prompt no',
      '1:1 prompt yes',
      '0:4 notice late',
    ])
    expect(reader.threads().get('')?.segments[1]?.parent).toEqual({ segment: 0, seq: 2 })
    expect(reader.threads().get('')?.head).toEqual({ segment: 1, seq: 1 })
    reader.read({ ...record(0, null, 'last-prompt'), value: { type: 'last-prompt', leafUuid: uid(6) } })
    expect(reader.threads().get('')?.head).toEqual({ segment: 0, seq: 4 })
  })

  test('parallel results, resumes and missing parents are no rewinds', () => {
    const reader = claudeCode.createReader()
    readAll(reader, [
      prompt(1, null, 'a'),
      call(2, 1, 't1'),
      call(3, 2, 't2'),
      result(4, 3, 't2'),
      result(5, 2, 't1'),
      record(6, 5, 'user', { message: { content: '<command-name>/exit</command-name>' } }),
      record(7, 5, 'assistant', {
        message: { id: 's', model: '<synthetic>', content: [{ type: 'text', text: 'No response requested.' }] },
      }),
      prompt(8, 7, 'b'),
      prompt(9, 500, 'c'),
      record(10, null, 'progress', { data: { type: 'hook_progress' } }),
      prompt(11, 10, 'd'),
    ])
    expect(reader.threads().get('')?.segments).toHaveLength(1)
    expect(reader.threads().get('')?.head).toEqual({ segment: 0, seq: 8 })
  })
})

describe('forks', () => {
  const origin = [prompt(1, null, 'a'), answer(2, 1, 'A'), prompt(3, 2, 'b'), answer(4, 3, 'B')]

  test('a fork places only what is new, in a segment of its own behind the last shared record', () => {
    const reader = claudeCode.createReader()
    readAll(reader, origin)
    reader.beginFork()
    reader.beginSource(1)
    const inFork = (one: RawRecord) => ({ ...one, value: { ...one.value, sessionId: 'fork' } })
    expect(readAll(reader, origin.slice(0, 2).map(inFork))).toEqual([])
    expect(reader.threads().get('')?.head).toEqual({ segment: 0, seq: 2 })
    const rows = readAll(reader, [prompt(11, 2, 'c'), answer(12, 11, 'C'), answer(13, 2, 'late')].map(inFork))
    expect(rows.map(brief)).toEqual(['1:1 prompt c', '1:2 text C', '1:3 text late'])
    expect(rows[0]?.source).toBe(1)
    const main = reader.threads().get('')
    expect(main?.segments).toEqual([
      { parent: null, length: 4 },
      { parent: { segment: 0, seq: 2 }, length: 3 },
    ])
    expect(main?.messageCount).toBe(3)
    expect(reader.facts()).toMatchObject({ sessionId: 'fork', otherSessionIds: [] })
  })

  test('a fork at the tip opens a segment too, and a result for its origin changes no row of the origin', () => {
    const reader = claudeCode.createReader()
    readAll(reader, [prompt(1, null, 'a'), call(2, 1, 't1')])
    reader.beginFork()
    reader.read(prompt(1, null, 'a'))
    reader.read(call(2, 1, 't1'))
    reader.read(result(3, 2, 't1'))
    const { messages, patches } = reader.drain()
    expect(patches).toEqual([])
    expect(messages).toMatchObject([{ segment: 1, seq: 1, subtype: 'result_without_call', toolResult: 'ok' }])
    expect(reader.threads().get('')?.segments[1]?.parent).toEqual({ segment: 0, seq: 2 })
  })
})

describe('subagents', () => {
  test('records inside the main file become a thread that knows the call that started it', () => {
    const { reader, messages } = readFixture()
    expect(messages.filter((row) => row.thread === 'abc1234').map((row) => [row.kind, row.subtype, row.text])).toEqual([
      ['prompt', 'from_agent', 'List every test file'],
      ['tool', null, null],
      ['text', 'from_result', 'cart.test.ts'],
    ])
    expect(reader.threads().get('abc1234')).toMatchObject({
      spawnedByToolId: 'toolu_3',
      description: 'Find the tests',
      agentType: 'Explore',
      finished: true,
      toolCallCount: 1,
    })
  })

  test('a thread with a file of its own is not read twice', () => {
    const reader = claudeCode.createReader()
    reader.ignoreInlineThreads(['abc1234'])
    for (const one of recordsOf(fixture)) reader.read(one)
    expect(reader.drain().messages.filter((row) => row.thread === 'abc1234')).toEqual([])
    const own = record(101, null, 'user', { isSidechain: true, agentId: 'abc1234', message: { content: 'List' } })
    reader.read(own, 'abc1234')
    expect(reader.drain().messages).toMatchObject([{ thread: 'abc1234', seq: 1, kind: 'prompt' }])
    expect(reader.threads().get('abc1234')).toMatchObject({ spawnedByToolId: 'toolu_3', finished: true })
  })

  test('an agent that never answered is linked by what it was asked', () => {
    const reader = claudeCode.createReader()
    reader.read(
      record(5, null, 'user', { isSidechain: true, message: { content: [{ type: 'text', text: 'Look around' }] } }),
      'a77',
    )
    reader.read(
      record(1, null, 'assistant', {
        message: {
          id: 'm',
          content: [{ type: 'tool_use', id: 'toolu_9', name: 'Agent', input: { prompt: 'Look around' } }],
        },
      }),
    )
    expect(reader.threads().get('a77')).toMatchObject({ spawnedByToolId: 'toolu_9', finished: false })
    reader.read(
      record(2, 1, 'user', {
        message: { content: [{ type: 'tool_result', tool_use_id: 'toolu_9', is_error: true, content: 'stopped' }] },
        toolUseResult: 'Error: stopped',
      }),
    )
    expect(reader.threads().get('a77')?.finished).toBe(true)
  })
})
