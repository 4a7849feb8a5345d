import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { detectFormat } from './formats'
import { parseDocument } from './json-document'
import { openCode } from './opencode'
import type { RawRecord, TranscriptReader } from './types'

type Message = { info: Record<string, unknown>; parts: Record<string, unknown>[] }
type Document = { info: Record<string, unknown>; messages: Message[] }

const bytesOf = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name))
const main = bytesOf('opencode-export.json')
const child = bytesOf('opencode-child.json')

const parse = (bytes: Buffer) => parseDocument(bytes, 'messages')
const parsed = (): Document => JSON.parse(main.toString('utf8'))
const made = (document: unknown) => parse(Buffer.from(JSON.stringify(document)))

function read(records: RawRecord[], reader: TranscriptReader = openCode.createReader(), thread = '') {
  for (const [number, record] of records.entries()) {
    reader.beginSource(number)
    reader.read(record, thread)
  }
  return { reader, ...reader.drain() }
}

function count(record: RawRecord) {
  const counter = openCode.createCounter()
  counter.count(record)
  return counter.report()
}

const brief = (row: { kind: string; text: string | null; toolName: string | null }) =>
  `${row.kind} ${row.text ?? row.toolName}`

describe('a session', () => {
  test('its messages become rows in order, with what the program added told apart', () => {
    const { messages } = read([parse(main)])
    expect(messages.map(brief)).toEqual([
      'prompt Plan the watering, see\n[file beds.md]',
      'notice Called the Read tool',
      'thinking Which beds are dry?',
      'tool task',
      'tool read',
      'notice Changed /home/ada/garden/plan.md',
      'prompt Do it',
      'tool bash',
      'notice MessageAbortedError: The operation was aborted.',
    ])
    expect(messages.map((row) => row.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  test('a call has its input, its answer and how long it took; one under way has no answer', () => {
    const { messages } = read([parse(main)])
    const calls = messages.filter((row) => row.kind === 'tool')
    expect(calls.map((row) => [row.toolResult, row.isError, row.durationMs])).toEqual([
      ['All dry.', false, 5000],
      ['File not found', true, 500],
      [null, null, null],
    ])
    expect(calls[2]?.toolInput).toBe('{"command":"water --all"}')
  })

  test('rows lie where their messages lie in the document', () => {
    const { messages } = read([parse(main)])
    for (const row of messages) {
      const message: Message = JSON.parse(main.toString('utf8', row.offset, row.offset + row.length))
      expect(message.info.id).toBe(row.nativeId)
    }
  })

  test('a message says what it cost once, and OpenCode its price; reasoning that stands apart is part of the output', () => {
    const { messages, reader } = read([parse(main)])
    expect(messages.filter((row) => row.usage !== null).map((row) => [row.kind, row.usage, row.cost])).toEqual([
      ['thinking', { input: 100, output: 25, cacheRead: 40, cacheWrite: 7 }, 0.25],
      ['tool', { input: 50, output: 3, cacheRead: 90, cacheWrite: 0 }, null],
    ])
    expect(reader.threads().get('')?.tokens).toEqual({ input: 150, output: 28, cacheRead: 130, cacheWrite: 7 })
  })

  test('reasoning that is in the output already is not counted twice', () => {
    const document = parsed()
    const answer = document.messages[1] as Message
    answer.info.tokens = { total: 167, input: 100, output: 20, reasoning: 5, cache: { read: 40, write: 7 } }
    expect(read([made(document)]).messages.find((row) => row.usage !== null)?.usage?.output).toBe(20)
    answer.info.tokens = { total: 172, input: 100, output: 20, reasoning: 5, cache: { read: 40, write: 7 } }
    expect(read([made(document)]).messages.find((row) => row.usage !== null)?.usage?.output).toBe(25)
  })

  test('planning and carrying out are told apart by the agent that was asked', () => {
    const { facts, reader } = read([parse(main)])
    expect(facts).toMatchObject([
      { type: 'phase', phase: 'plan', seq: 1 },
      { type: 'phase', phase: 'execute', seq: 7 },
    ])
    expect(reader.facts()).toMatchObject({ sessionId: 'ses_aa11', title: 'Watering plan', version: '1.18.0' })
    expect(reader.facts().cwds).toMatchObject([{ cwd: '/home/ada/garden' }])
  })

  test('a session without a title of its own is called by its first prompt', () => {
    const document = parsed()
    document.info.title = 'New session - 2026-02-02T02:40:00.000Z'
    expect(read([made(document)]).reader.facts().title).toBe('Plan the watering, see [file beds.md]')
  })

  test('a compaction is told, with its summary', () => {
    const document = parsed()
    const info = { sessionID: 'ses_aa11', time: { created: 1_770_000_070_000 } }
    document.messages.push(
      { info: { ...info, id: 'msg_05', role: 'user' }, parts: [{ id: 'prt_12', type: 'compaction', auto: true }] },
      {
        info: { ...info, id: 'msg_06', role: 'assistant', summary: true },
        parts: [{ id: 'prt_13', type: 'text', text: 'All was watered.' }],
      },
    )
    const { facts, messages } = read([made(document)])
    expect(facts.find((fact) => fact.type === 'compaction')).toMatchObject({ trigger: 'auto', seq: 10 })
    expect(messages.slice(-2).map(brief)).toEqual(['notice Conversation compacted', 'summary All was watered.'])
  })
})

describe('a session that was written again', () => {
  test('adds only what is new, and patches what has ended or been said since', () => {
    const before = parsed()
    const { reader } = read([made({ ...before, messages: before.messages.slice(0, 3) })])
    const again = read([parse(main)], reader)
    expect(again.messages.map(brief)).toEqual(['tool bash', 'notice MessageAbortedError: The operation was aborted.'])
    const grown = parsed()
    const bash = grown.messages[3]?.parts[0] as { state: Record<string, unknown> }
    Object.assign(bash.state, { status: 'completed', output: 'Watered.', time: { start: 1, end: 3 } })
    const later = read([made(grown)], reader)
    expect(later.messages).toEqual([])
    expect(later.patches).toMatchObject([{ type: 'result', seq: 8, toolResult: 'Watered.', isError: false }])
    expect(read([made(grown)], reader)).toMatchObject({ messages: [], patches: [], facts: [] })
  })

  test('a revert hides what follows it, and the next prompt goes on in a segment of its own', () => {
    const reverted = parsed()
    reverted.info.revert = { messageID: 'msg_03' }
    const { reader } = read([made(reverted)])
    expect(reader.threads().get('')?.head).toEqual({ segment: 0, seq: 6 })
    const next = parsed()
    next.info.time = { created: 1_770_000_000_000, updated: 1_770_000_200_000 }
    const prompt = { id: 'msg_07', role: 'user', time: { created: 1_770_000_200_000 } }
    next.messages.splice(2, 2, { info: prompt, parts: [{ id: 'prt_14', type: 'text', text: 'Do it by hand' }] })
    const { messages, facts } = read([made(next)], reader)
    expect(messages.map((row) => [row.segment, row.seq, row.text])).toEqual([[1, 1, 'Do it by hand']])
    expect(reader.threads().get('')?.segments[1]?.parent).toEqual({ segment: 0, seq: 6 })
    expect(facts).toContainEqual(expect.objectContaining({ type: 'native_rewind', toSegment: 1 }))
  })

  test('an older version that is read later does not move where the conversation ends', () => {
    const older = parsed()
    older.info.time = { created: 1_770_000_000_000, updated: 1_770_000_030_000 }
    older.messages = older.messages.slice(0, 2)
    const { reader } = read([parse(main), made(older)])
    expect(reader.threads().get('')?.head).toEqual({ segment: 0, seq: 9 })
  })
})

describe('a child session', () => {
  test('is a thread of its parent, linked to the call that started it, whichever is read first', () => {
    for (const order of [
      [main, child],
      [child, main],
    ]) {
      const reader = openCode.createReader()
      for (const bytes of order) read([parse(bytes)], reader, bytes === child ? 'ses_bb22' : '')
      const thread = reader.threads().get('ses_bb22')
      expect(thread).toMatchObject({
        spawnedByToolId: 'call_1',
        description: 'look at the beds',
        agentType: 'explore',
        finished: true,
        messageCount: 2,
        tokens: { input: 9, output: 2, cacheRead: 0, cacheWrite: 0 },
      })
      expect(reader.facts().sessionId).toBe('ses_aa11')
    }
  })

  test('names its parent as its session', () => {
    expect(openCode.describe([parse(child).value ?? {}], '')).toMatchObject({
      sessionId: 'ses_aa11',
      thread: 'ses_bb22',
    })
    expect(openCode.describe([parse(main).value ?? {}], '')).toMatchObject({
      sessionId: 'ses_aa11',
      thread: '',
      userIds: ['msg_01', 'msg_03'],
      firstAt: '2026-02-02T02:40:00.000Z',
    })
  })
})

describe('counts', () => {
  test('of a document are those of its messages', () => {
    expect(count(parse(main))).toMatchObject({
      records: 1,
      prompts: 2,
      assistantMessages: 2,
      toolCalls: 3,
      toolResults: 2,
      toolErrors: 1,
      tokens: { input: 150, output: 23, cacheRead: 130, cacheWrite: 7 },
      unknown: 0,
      bad: 0,
    })
    expect(count(parse(child))).toMatchObject({ prompts: 0, assistantMessages: 1 })
  })

  test('what is not known is shown and counted, and a torn document is counted as broken', () => {
    const document = parsed()
    document.messages.push({ info: { id: 'msg_08', role: 'oracle' }, parts: [{ id: 'prt_15', type: 'omen' }] })
    const record = made({ ...document, messages: [...document.messages, 7, null] })
    expect(count(record)).toMatchObject({
      unknown: 4,
      unknownTypes: { 'message:oracle': 1, 'part:omen': 1, 'message:': 2 },
    })
    expect(read([record]).messages.filter((row) => row.kind === 'unknown')).toHaveLength(4)
    const torn = parse(main.subarray(0, 900))
    expect(count(torn)).toMatchObject({ records: 0, bad: 1 })
    expect(read([torn]).messages).toEqual([])
  })

  test('documents are recognised, the events of a server are not', () => {
    expect(detectFormat([parse(main).value])).toBe(openCode)
    expect(openCode.recognises({ type: 'message.updated', properties: { info: { id: 'msg_1' } } })).toBe(false)
  })
})
