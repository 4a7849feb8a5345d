import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { codex } from './codex'
import { createBlockSplitter, parseBlock } from './json-values'
import { Rollout } from './test-rollout'
import type { PlacedMessage, RawRecord, TranscriptReader } from './types'

const fixture = readFileSync(join(import.meta.dirname, 'fixtures/codex.jsonl'))
const CHILD = '019cac00-4000-7000-8000-000000000002'

function recordsOf(source: Buffer | string): RawRecord[] {
  const splitter = createBlockSplitter()
  const bytes = typeof source === 'string' ? Buffer.from(source) : source
  return [...splitter.push(bytes), ...splitter.end()].flatMap((block) => parseBlock(block, 1))
}

function read(reader: TranscriptReader, source: number, text: Buffer | string, thread = ''): PlacedMessage[] {
  reader.beginSource(source)
  for (const record of recordsOf(text)) reader.read(record, thread)
  return reader.drain().messages
}

function readFixture() {
  const reader = codex.createReader()
  for (const record of recordsOf(fixture)) reader.read(record)
  return { reader, ...reader.drain() }
}

const brief = (row: PlacedMessage) => `${row.segment}:${row.seq} ${row.kind} ${row.text ?? row.toolName}`
const texts = (rows: PlacedMessage[]) => rows.map((row) => row.text ?? row.toolName)

describe('rows', () => {
  const { reader, messages, facts } = readFixture()
  const tool = (id: string) => messages.find((row) => row.nativeToolId === id)

  test('a conversation is one row per text, prompt and call, each once, though the program writes most of it twice', () => {
    expect(
      messages.map((row) => `${row.kind}${row.subtype ? `/${row.subtype}` : ''} ${row.toolName ?? ''}`.trim()),
    ).toEqual([
      'notice/context:environment_context',
      'prompt',
      'thinking',
      'text',
      'tool exec_command',
      'tool update_plan',
      'prompt',
      'tool apply_patch',
      'tool exec_command',
      'tool spawn_agent',
      'tool web_search',
      'notice/task_notification',
      'notice/compact_boundary',
      'summary',
      'text',
      'notice/interrupt',
      'prompt',
    ])
  })

  test('a call has its input as JSON, its result, how long it took, and whether its command failed', () => {
    expect(tool('call_cat')).toMatchObject({
      toolInput: '{"cmd":"cat basket.ts","workdir":"/home/ada/shop"}',
      isError: false,
      durationMs: 250,
    })
    expect(tool('call_cat')?.toolResult).toContain('export const total = 1')
    expect(JSON.parse(tool('call_patch')?.toolInput ?? '').input).toContain('+export const total = 2')
    expect(tool('call_patch')).toMatchObject({ toolResult: 'Success. Updated basket.ts\n', isError: false })
    expect(tool('call_test')).toMatchObject({ isError: true })
  })

  test('tokens are the growth of the running total, on the first row of the response, without what was cached', () => {
    const paid = messages.filter((row) => row.usage !== null)
    expect(paid.map((row) => [row.kind, row.toolName, row.usage])).toEqual([
      ['thinking', null, { input: 800, output: 50, cacheRead: 200, cacheWrite: 0 }],
      ['tool', 'update_plan', { input: 300, output: 40, cacheRead: 900, cacheWrite: 0 }],
      ['tool', 'apply_patch', { input: 500, output: 110, cacheRead: 1500, cacheWrite: 0 }],
      ['text', null, { input: 400, output: 30, cacheRead: 400, cacheWrite: 0 }],
    ])
    expect(reader.threads().get('')?.tokens).toEqual({ input: 2000, output: 230, cacheRead: 3000, cacheWrite: 0 })
  })

  test('each turn has the model it was run with, and the plan mode is a phase', () => {
    expect(messages.find((row) => row.text?.startsWith('I look'))?.model).toBe('gpt-5.4')
    expect(tool('call_test')?.model).toBe('gpt-5.4-mini')
    expect(facts.flatMap((fact) => (fact.type === 'phase' ? [fact.phase] : []))).toEqual(['plan', 'execute'])
    expect(facts.filter((fact) => fact.type === 'compaction')).toMatchObject([{ preTokens: 2110 }])
  })

  test('a session has its title, folders with their branches and release', () => {
    expect(reader.facts()).toMatchObject({
      sessionId: '019cac00-0000-7000-8000-000000000001',
      otherSessionIds: [],
      title: "The basket's total",
      version: '0.118.0',
      cwds: [
        { cwd: '/home/ada/shop', branch: 'main' },
        { cwd: '/home/ada/shop', branch: 'fix/basket' },
      ],
    })
  })

  test('a session without a name is called by what was asked, not by what an editor put before it', () => {
    const asked = '# Context from my IDE setup:\n\n## Open tabs:\n- a.ts\n\n## My request for Codex:\nMend a.ts'
    const reader = codex.createReader()
    read(reader, 0, new Rollout().prompt(asked).text())
    expect(reader.facts().title).toBe('Mend a.ts')
  })

  test('images in a prompt are said, and the row is known to hold less than the record', () => {
    const prompt = messages.find((row) => row.text?.startsWith('Mend it'))
    expect(prompt).toMatchObject({ text: 'Mend it, and have somebody look at the taxes.\n[image]', truncated: true })
  })
})

describe('odd input', () => {
  test('a broken line and an unknown record are rows, and the rest is read', () => {
    const rollout = new Rollout().prompt('one').event('unheard_of', { x: 1 }).record('new_kind', { y: 2 })
    const text = `${rollout.text()}{"broken": \n${rollout.answer('two').lines.slice(-2).join('\n')}\n`
    const rows = read(codex.createReader(), 0, text)
    expect(rows.map((row) => row.subtype ?? row.kind)).toEqual([
      'prompt',
      'event_msg:unheard_of',
      'record:new_kind',
      'line:not_json',
      'text',
    ])
  })

  test('an empty file has no rows and half a last line waits for its rest', () => {
    expect(read(codex.createReader(), 0, '')).toEqual([])
    expect(read(codex.createReader(), 0, new Rollout().prompt('one').text().slice(0, -20))).toEqual([])
  })

  test('the tail of a cut file is read, and a result without its call has a row', () => {
    const { lines } = new Rollout().prompt('one').call('c1', 'shell', { command: ['ls'] }, 'Exit code: 2\nOutput:\n')
    const rows = read(codex.createReader(), 0, `${lines.at(-1)}\n`)
    expect(rows).toMatchObject([{ subtype: 'result_without_call', isError: true, nativeToolId: 'c1' }])
  })

  test('a file of 2025 with bare items is read', () => {
    const lines = [
      { id: 'old', timestamp: '2025-06-01T10:00:00.000Z', instructions: null },
      { record_type: 'state' },
      {
        type: 'message',
        role: 'user',
        content: [{ type: 'input_text', text: '<environment_context>x</environment_context>' }],
      },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hello' }] },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'hi' }] },
    ]
    const rows = read(codex.createReader(), 0, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    expect(rows.map((row) => row.kind)).toEqual(['notice', 'prompt', 'text'])
  })

  test('in newer releases a prompt is an item; where both are written it is one prompt', () => {
    const item = { type: 'UserMessage', id: 'i', content: [{ type: 'text', text: 'both' }] }
    const rollout = new Rollout().event('item_completed', { item }).event('user_message', { message: 'both' })
    rollout.event('user_message', { message: 'both' })
    expect(texts(read(codex.createReader(), 0, rollout.text()))).toEqual(['both', 'both'])
  })

  test('words that the program put in the place of the user are a notice', () => {
    const rollout = new Rollout().prompt('one')
    rollout.item('message', { role: 'user', content: [{ type: 'input_text', text: 'context of a hook' }] })
    for (let n = 0; n < 6; n++) rollout.answer(`answer ${n}`)
    const rows = read(codex.createReader(), 0, rollout.text())
    expect(rows.filter((row) => row.kind === 'notice')).toMatchObject([
      { subtype: 'context:other', text: 'context of a hook' },
    ])
    expect(rows.filter((row) => row.kind === 'prompt')).toHaveLength(1)
  })
})

describe('going back', () => {
  test('prompts that were taken back stay in their segment and the talk goes on before them', () => {
    const rollout = new Rollout().prompt('one').answer('first').prompt('two').answer('second')
    rollout.event('thread_rolled_back', { num_turns: 1 }).prompt('three').answer('third')
    const reader = codex.createReader()
    reader.beginSource(0)
    for (const record of recordsOf(rollout.text())) reader.read(record)
    const { messages, facts } = reader.drain()
    expect(messages.map(brief)).toEqual([
      '0:1 prompt one',
      '0:2 text first',
      '0:3 prompt two',
      '0:4 text second',
      '1:1 prompt three',
      '1:2 text third',
    ])
    expect(reader.threads().get('')).toMatchObject({ head: { segment: 1, seq: 2 } })
    expect(reader.threads().get('')?.segments[1]?.parent).toEqual({ segment: 0, seq: 2 })
    expect(facts.filter((fact) => fact.type === 'native_rewind')).toHaveLength(1)
  })

  test('another copy of the same session places nothing twice and moves nothing', () => {
    const rollout = new Rollout().prompt('one').answer('same').prompt('one').answer('same')
    rollout.event('thread_rolled_back', { num_turns: 1 }).prompt('one').answer('other')
    const reader = codex.createReader()
    read(reader, 0, rollout.text())
    const before = structuredClone(reader.threads().get(''))
    expect(read(reader, 1, rollout.text())).toEqual([])
    expect(reader.threads().get('')).toEqual(before)
    expect(texts(read(reader, 2, rollout.prompt('more').text()))).toEqual(['more'])
  })

  test('a thread that was taken back in a file of its own goes on from the record it names', () => {
    const first = new Rollout({ ordinal: 0, meta: { history_mode: 'paginated' } }).prompt('one').answer('first')
    const base = {
      thread_id: first.id,
      end_ordinal_exclusive: first.next,
      end_byte_offset: Buffer.byteLength(first.text()),
    }
    first.prompt('two').answer('second')
    const second = new Rollout({ id: first.id, ordinal: base.end_ordinal_exclusive, meta: { history_base: base } })
    second.prompt('three')
    const reader = codex.createReader()
    read(reader, 0, first.text())
    expect(read(reader, 1, second.text()).map(brief)).toEqual(['1:1 prompt three'])
    expect(reader.threads().get('')?.segments[1]?.parent).toEqual({ segment: 0, seq: 2 })
    expect(reader.threads().get('')?.head).toEqual({ segment: 1, seq: 1 })
  })
})

describe('other threads', () => {
  test('a fork shares what it copied and goes on in a segment of its own', () => {
    const origin = new Rollout().prompt('one').answer('first')
    const fork = origin.copy({}, null)
    origin.prompt('next').answer('of the origin')
    fork.prompt('next').answer('of the fork')
    const reader = codex.createReader()
    read(reader, 0, origin.text())
    reader.beginFork()
    expect(read(reader, 1, fork.text()).map(brief)).toEqual(['1:1 prompt next', '1:2 text of the fork'])
    expect(reader.threads().get('')?.segments[1]?.parent).toEqual({ segment: 0, seq: 2 })
    expect(reader.threads().get('')?.tokens.output).toBe(10)
    expect(
      codex.describe(
        recordsOf(fork.text()).map(({ value }) => value ?? {}),
        '',
      ),
    ).toMatchObject({
      sessionId: fork.id,
      thread: '',
      forkedFrom: origin.id,
    })
  })

  test('a fork that only names where it goes on shares what is before that', () => {
    const origin = new Rollout({ ordinal: 0 }).prompt('one').answer('first')
    const base = {
      thread_id: origin.id,
      end_ordinal_exclusive: origin.next,
      end_byte_offset: Buffer.byteLength(origin.text()),
    }
    origin.prompt('next').answer('of the origin')
    const meta = { forked_from_id: origin.id, history_base: base }
    const fork = new Rollout({ ordinal: base.end_ordinal_exclusive, meta }).prompt('mine')
    const reader = codex.createReader()
    read(reader, 0, origin.text())
    reader.beginFork()
    expect(read(reader, 1, fork.text()).map(brief)).toEqual(['1:1 prompt mine'])
    expect(reader.threads().get('')?.segments[1]?.parent).toEqual({ segment: 0, seq: 2 })
    const alone = read(codex.createReader(), 0, fork.text())
    expect(alone.map((row) => row.subtype ?? row.kind)).toEqual(['history_missing', 'prompt'])
  })

  test('a subagent is linked to its call whichever is read first, and its copy of the parent is not placed', () => {
    const parent = new Rollout().prompt('one').answer('first')
    const child = parent.copy(
      { source: { subagent: { thread_spawn: { parent_thread_id: parent.id, agent_role: 'explorer' } } } },
      'c1',
    )
    child.prompt('look').answer('found', 7).event('task_complete', {})
    parent.call('c1', 'spawn_agent', { message: 'look' }, JSON.stringify({ agent_id: child.id }))
    expect(
      codex.describe(
        recordsOf(child.text()).map(({ value }) => value ?? {}),
        '',
      ),
    ).toMatchObject({
      sessionId: parent.id,
      thread: child.id,
      forkedFrom: null,
    })
    for (const childFirst of [true, false]) {
      const reader = codex.createReader()
      if (childFirst) read(reader, 0, child.text(), child.id)
      read(reader, 1, parent.text())
      if (!childFirst) read(reader, 0, child.text(), child.id)
      expect(reader.threads().get(child.id)).toMatchObject({
        spawnedByToolId: 'c1',
        description: 'look',
        agentType: 'explorer',
        finished: true,
        messageCount: 2,
        tokens: { input: 60, output: 7, cacheRead: 40, cacheWrite: 0 },
      })
    }
  })

  test('a notification tells that a subagent ended', () => {
    const { reader } = readFixture()
    reader.beginSource(1)
    const child = new Rollout({ id: CHILD, meta: { parent_thread_id: 'p' } }).prompt('Look at the taxes.')
    read(reader, 1, child.text(), CHILD)
    expect(reader.threads().get(CHILD)).toMatchObject({ spawnedByToolId: 'call_spawn', finished: true })
  })
})
