import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { detectFormat } from './formats'
import { gemini } from './gemini'
import { parseDocument } from './json-document'
import { createBlockSplitter, parseBlock } from './json-values'
import type { RawRecord, TranscriptReader } from './types'

const journal = readFileSync(join(import.meta.dirname, 'fixtures/gemini-journal.jsonl'))
const document = readFileSync(join(import.meta.dirname, 'fixtures/gemini-document.json'))

function linesOf(bytes: Buffer | string): RawRecord[] {
  const splitter = createBlockSplitter()
  const blocks = [...splitter.push(Buffer.from(bytes)), ...splitter.end()]
  return blocks.flatMap((block) => parseBlock(block, 1))
}

const jsonl = (...values: unknown[]) => linesOf(values.map((value) => `${JSON.stringify(value)}\n`).join(''))

function read(records: RawRecord[], reader: TranscriptReader = gemini.createReader()) {
  reader.beginSource(0)
  for (const record of records) reader.read(record)
  return { reader, ...reader.drain() }
}

function count(records: RawRecord[]) {
  const counter = gemini.createCounter()
  for (const record of records) counter.count(record)
  return counter.report()
}

const say = (id: string, type: string, content: string, more: object = {}) => ({
  id,
  type,
  content,
  timestamp: '2026-05-04T08:00:00.000Z',
  ...more,
})

const header = { sessionId: 's1', projectHash: 'h', startTime: '2026-05-04T08:00:00.000Z' }

describe('a journal', () => {
  test('a message that is written again keeps its rows and gets those that are new', () => {
    const { messages } = read(linesOf(journal))
    expect(
      messages.filter((row) => row.segment === 0).map((row) => [row.seq, row.kind, row.text ?? row.toolName]),
    ).toEqual([
      [1, 'prompt', 'Write the number of planets into planets.txt'],
      [2, 'thinking', '**Counting planets**\nThere are eight.'],
      [3, 'text', 'I will write it.'],
      [4, 'tool', 'write_file'],
      [5, 'text', 'Done.'],
      [6, 'prompt', '/pluto'],
      [7, 'tool', 'run_shell_command'],
      [8, 'notice', 'Request cancelled.'],
    ])
  })

  test('a result that is stored twice stands once in the row of its call, with its duration', () => {
    const { messages } = read(linesOf(journal))
    expect(messages.find((row) => row.toolName === 'write_file')).toMatchObject({
      toolInput: '{"file_path":"planets.txt","content":"8\\n"}',
      toolResult: 'Created planets.txt.',
      isError: false,
      durationMs: 2000,
      nativeToolId: 'write_file_1',
      nativeMessageId: 'g1',
    })
    expect(messages.filter((row) => row.toolResult === 'Created planets.txt.')).toHaveLength(1)
  })

  test('a call that a person refused is shown as failed', () => {
    const { messages } = read(linesOf(journal))
    expect(messages.find((row) => row.toolName === 'run_shell_command')).toMatchObject({
      toolResult: '[Operation Cancelled] Reason: User denied execution.',
      isError: true,
    })
  })

  test('a rewind goes on in a segment of its own and leaves what it dropped to be read', () => {
    const { reader, messages, facts } = read(linesOf(journal))
    const main = reader.threads().get('')
    expect(main?.segments).toEqual([
      { parent: null, length: 8 },
      { parent: { segment: 0, seq: 5 }, length: 2 },
    ])
    expect(main?.head).toEqual({ segment: 1, seq: 2 })
    expect(messages.filter((row) => row.segment === 1).map((row) => row.text)).toEqual([
      'And the moons?',
      'Too many to count.',
    ])
    expect(facts).toMatchObject([{ type: 'native_rewind', fromSegment: 0, toSegment: 1, seq: 5 }])
  })

  test('a journal that ends with a rewind ends where the rewind went', () => {
    const { reader } = read([...linesOf(journal), ...jsonl({ $rewindTo: 'g4' })])
    expect(reader.threads().get('')?.head).toEqual({ segment: 1, seq: 1 })
  })

  test('a rewind to a message that is not there begins the conversation anew', () => {
    const { reader } = read(jsonl(header, say('a', 'user', 'One'), { $rewindTo: 'gone' }, say('b', 'user', 'Two')))
    expect(reader.threads().get('')?.segments).toEqual([
      { parent: null, length: 1 },
      { parent: null, length: 1 },
    ])
  })

  test('tokens of rows leave out what came from the cache, hold the thoughts, and stand on the first row of a message', () => {
    const { reader, messages } = read(linesOf(journal))
    expect(messages.filter((row) => row.usage !== null).map((row) => [row.kind, row.usage])).toEqual([
      ['thinking', { input: 400, output: 50, cacheRead: 600, cacheWrite: 0 }],
      ['text', { input: 100, output: 4, cacheRead: 1000, cacheWrite: 0 }],
      ['tool', { input: 200, output: 9, cacheRead: 1000, cacheWrite: 0 }],
      ['text', { input: 150, output: 7, cacheRead: 1000, cacheWrite: 0 }],
    ])
    expect(reader.threads().get('')?.tokens).toEqual({ input: 850, output: 70, cacheRead: 3600, cacheWrite: 0 })
  })

  test('the title is the summary, else the first prompt; the models are those that spoke', () => {
    const { reader } = read(linesOf(journal))
    expect(reader.facts()).toMatchObject({
      sessionId: '5b0f2c11-7d3e-4a90-9c55-0e6f1a2b3c4d',
      title: 'Counting the planets',
    })
    expect([...(reader.threads().get('')?.models ?? [])]).toEqual(['gemini-3-flash-preview', 'gemini-3-pro-preview'])
    expect(read(linesOf(journal).slice(0, 3)).reader.facts().title).toBe('Write the number of planets into planets.txt')
  })

  test('what was handed out already is patched when the message is written again', () => {
    const records = linesOf(journal)
    const first = read(records.slice(0, 5))
    expect(first.messages.at(-1)).toMatchObject({ seq: 4, toolName: 'write_file', toolResult: null })
    const { messages, patches } = read(records.slice(5, 6), first.reader)
    expect(messages).toEqual([])
    expect(patches).toMatchObject([{ type: 'result', seq: 4, toolResult: 'Created planets.txt.', isError: false }])
    const changed = read(jsonl(say('g1', 'gemini', 'I will write it now.')), first.reader)
    expect(changed.patches).toMatchObject([{ type: 'text', seq: 3, text: 'I will write it now.' }])
  })

  test('the same records read twice place nothing twice', () => {
    const { reader } = read(linesOf(journal).filter((record) => record.value?.$rewindTo === undefined))
    const again = read(
      linesOf(journal).filter((record) => record.value?.$rewindTo === undefined),
      reader,
    )
    expect([again.messages, again.patches]).toEqual([[], []])
  })

  test('a compressed history drops nothing: its summary is placed and told as a compaction', () => {
    const known = [say('a', 'user', 'One'), say('b', 'gemini', 'Two', { model: 'm' })]
    const summary = say('c', 'user', '<state_snapshot>One and two were said.</state_snapshot>')
    const { reader, messages, facts } = read(
      jsonl(header, ...known, { $set: { messages: [summary, { ...known[1], content: '[masked]' }] } }),
    )
    expect(messages.map((row) => [row.kind, row.text])).toEqual([
      ['prompt', 'One'],
      ['text', 'Two'],
      ['summary', '<state_snapshot>One and two were said.</state_snapshot>'],
    ])
    expect(facts).toMatchObject([{ type: 'compaction', seq: 3 }])
    expect(reader.threads().get('')?.segments).toHaveLength(1)
  })

  test('a stub that repeats only the header of a session changes nothing', () => {
    const { reader } = read(linesOf(journal))
    const before = structuredClone(reader.threads().get(''))
    reader.beginSource(1)
    for (const record of jsonl({ ...header, sessionId: '5b0f2c11-7d3e-4a90-9c55-0e6f1a2b3c4d' })) reader.read(record)
    expect([reader.drain().messages, reader.threads().get('')]).toEqual([[], before])
  })

  test('a fork shares the messages of its origin and goes on in a segment of its own', () => {
    const { reader } = read(
      jsonl(header, say('a', 'user', 'One'), say('b', 'gemini', 'Two'), say('c', 'user', 'Three')),
    )
    reader.beginFork()
    reader.beginSource(1)
    const copy = { ...header, sessionId: 's2' }
    for (const record of jsonl(copy, say('a', 'user', 'One'), say('b', 'gemini', 'Two'), say('d', 'user', 'Four'))) {
      reader.read(record)
    }
    expect(reader.threads().get('')?.segments.at(-1)).toEqual({ parent: { segment: 0, seq: 2 }, length: 1 })
    expect(reader.drain().messages.at(-1)).toMatchObject({ text: 'Four', source: 1, segment: 1 })
    expect(reader.facts().sessionId).toBe('s2')
  })

  test('a broken line and a record of a kind that is not known are shown and counted, half a last line is left for later', () => {
    const records = linesOf(
      `${JSON.stringify(header)}\n{"id":"x",,}\n${JSON.stringify(say('p', 'poem', 'Roses'))}\n${JSON.stringify({ $odd: 1 })}\n{"id":"y"`,
    )
    expect(read(records).messages.map((row) => row.subtype)).toEqual(['line:not_json', 'message:poem', 'record:$odd'])
    expect(count(records)).toMatchObject({
      records: 3,
      bad: 2,
      unknown: 2,
      unknownTypes: { 'message:poem': 1, 'record:$odd': 1 },
    })
  })

  test('a result whose call is not in the source is shown by itself', () => {
    const { messages } = read(
      jsonl(header, {
        ...say('r', 'user', ''),
        content: [{ functionResponse: { id: 'lost', name: 'glob', response: { output: 'a.txt' } } }],
      }),
    )
    expect(messages).toMatchObject([{ subtype: 'result_without_call', toolResult: 'a.txt', nativeToolId: 'lost' }])
  })

  test('a subagent is linked to its call, whichever file is read first', () => {
    const call = {
      id: 'call_1',
      name: 'codebase_investigator',
      agentId: 'child-1',
      args: { objective: 'Find the tests' },
      result: [{ functionResponse: { id: 'call_1', name: 'codebase_investigator', response: { output: 'Found.' } } }],
      status: 'success',
      timestamp: '2026-05-04T08:00:09.000Z',
    }
    const main = jsonl(header, say('g', 'gemini', '', { toolCalls: [call] }))
    const child = jsonl({ ...header, sessionId: 'child-1', kind: 'subagent' }, say('c1', 'user', 'Find the tests'))
    for (const childFirst of [true, false]) {
      const reader = gemini.createReader()
      const readChild = () => child.forEach((record) => reader.read(record, 'child-1'))
      if (childFirst) readChild()
      main.forEach((record) => reader.read(record))
      if (!childFirst) readChild()
      expect(reader.threads().get('child-1')).toMatchObject({
        spawnedByToolId: 'call_1',
        description: 'Find the tests',
        agentType: 'codebase_investigator',
        finished: true,
        messageCount: 1,
      })
      expect(reader.facts().sessionId).toBe('s1')
    }
  })
})

describe('a document', () => {
  test('its rows lie where their messages lie in it', () => {
    const { messages } = read([parseDocument(document, 'messages')])
    expect(messages.map((row) => [row.kind, row.subtype, row.isError])).toEqual([
      ['prompt', null, null],
      ['tool', null, true],
      ['text', null, null],
      ['notice', 'error', true],
    ])
    for (const row of messages) {
      const message = JSON.parse(document.toString('utf8', row.offset, row.offset + row.length)) as { id: string }
      expect(message.id).toBe(row.nativeId)
    }
  })

  test('one that was written anew with more messages adds only those', () => {
    const whole = JSON.parse(document.toString()) as { messages: unknown[] }
    const bytes = (length: number) =>
      Buffer.from(JSON.stringify({ ...whole, messages: whole.messages.slice(0, length) }))
    const { reader, messages } = read([parseDocument(bytes(2), 'messages')])
    expect(messages).toHaveLength(2)
    reader.beginSource(1)
    reader.read(parseDocument(bytes(4), 'messages'))
    expect(reader.drain().messages.map((row) => [row.seq, row.source])).toEqual([
      [3, 1],
      [4, 1],
    ])
    reader.beginSource(2)
    reader.read(parseDocument(bytes(1), 'messages'))
    expect(reader.drain()).toEqual({ messages: [], patches: [], facts: [] })
    expect(reader.threads().get('')?.head).toEqual({ segment: 0, seq: 4 })
  })

  test('the newest version tells where the conversation ends, in whatever order versions are read', () => {
    const version = (minute: number, ...ids: string[]) =>
      parseDocument(
        Buffer.from(
          JSON.stringify({
            ...header,
            lastUpdated: `2026-05-04T08:0${minute}:00.000Z`,
            messages: ids.map((id) => say(id, 'user', id)),
          }),
        ),
        'messages',
      )
    const old = version(1, 'a', 'b', 'c')
    const rewound = version(2, 'a', 'd', 'e', 'f')
    for (const order of [
      [old, rewound],
      [rewound, old],
    ]) {
      const { reader, messages } = read(order)
      const head = reader.threads().get('')?.head
      const last = messages.find((row) => row.segment === head?.segment && row.seq === head.seq)
      expect(last?.text).toBe('f')
      expect(messages.map((row) => row.text).sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    }
    const { reader } = read([version(1, 'a', 'b'), version(2, 'a')])
    expect(reader.threads().get('')?.head).toEqual({ segment: 0, seq: 1 })
  })

  test('one that a journal went on from does not take the conversation back', () => {
    const journalled = jsonl(
      header,
      say('a', 'user', 'A'),
      say('b', 'gemini', 'B', { timestamp: '2026-05-04T08:09:00.000Z' }),
    )
    const old = { ...header, lastUpdated: '2026-05-04T08:01:00.000Z', messages: [say('a', 'user', 'A')] }
    const { reader } = read([...journalled, parseDocument(Buffer.from(JSON.stringify(old)), 'messages')])
    expect(reader.threads().get('')?.head).toEqual({ segment: 0, seq: 2 })
  })

  test('a torn one is counted as broken, and messages without ids or with the same one are all kept', () => {
    expect(count([parseDocument(document.subarray(0, 500), 'messages')])).toMatchObject({ records: 0, bad: 1 })
    const odd = {
      ...header,
      messages: [say('REDACTED', 'user', 'A'), say('REDACTED', 'user', 'B'), { type: 'user', content: 'C' }, 7],
    }
    const { messages } = read([parseDocument(Buffer.from(JSON.stringify(odd)), 'messages')])
    expect(messages.map((row) => row.text)).toEqual(['A', 'B', '{"type":"user","content":"C"}', '{}'])
  })
})

describe('counts', () => {
  test('of a journal are those of its messages as they were written last', () => {
    expect(count(linesOf(journal))).toMatchObject({
      records: 15,
      prompts: 3,
      assistantMessages: 4,
      messages: 7,
      toolCalls: 2,
      toolResults: 2,
      toolErrors: 1,
      tokens: { input: 4450, output: 40, cacheRead: 3600, cacheWrite: 0 },
      firstAt: Date.parse('2026-05-04T08:00:05.000Z'),
      lastAt: Date.parse('2026-05-04T08:02:04.000Z'),
      unknown: 0,
      bad: 0,
    })
  })

  test('of a document count it as one record', () => {
    expect(count([parseDocument(document, 'messages')])).toMatchObject({
      records: 1,
      prompts: 1,
      assistantMessages: 2,
      toolCalls: 1,
      toolResults: 1,
      toolErrors: 1,
      tokens: { input: 1040, output: 18, cacheRead: 400, cacheWrite: 0 },
    })
  })
})

describe('telling whose a source is', () => {
  test('journals and documents are recognised, records of others are not', () => {
    expect(detectFormat(linesOf(journal).map((record) => record.value))).toBe(gemini)
    expect(detectFormat([parseDocument(document, 'messages').value])).toBe(gemini)
    expect(gemini.recognises({ sessionId: 's', uuid: 'u', type: 'user' })).toBe(false)
    expect(gemini.recognises({ type: 'info', id: 'x' })).toBe(false)
  })

  test('the file of a subagent belongs to the session whose name its folder has', () => {
    const values = [{ ...header, sessionId: 'child-1', kind: 'subagent' }, say('u', 'user', 'Find')]
    expect(gemini.describe(values, '/home/ada/.gemini/tmp/garden/chats/parent-1/child-1.jsonl')).toMatchObject({
      sessionId: 'parent-1',
      thread: 'child-1',
    })
    expect(gemini.describe([header, say('u', 'user', 'Find')], '/x/chats/session-2026.jsonl')).toMatchObject({
      sessionId: 's1',
      thread: '',
      userIds: ['u'],
      firstAt: '2026-05-04T08:00:00.000Z',
    })
  })
})
