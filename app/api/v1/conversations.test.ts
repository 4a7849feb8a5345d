import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as sourcesRoute from '@/app/api/v1/sources/route'
import * as rawRoute from '@/app/api/v1/sources/[id]/raw/route'
import * as talkRoute from '@/app/api/v1/mesh/tasks/[id]/conversation/route'
import * as historyRoute from '@/app/api/v1/mesh/tasks/[id]/history/route'
import * as taskRoute from '@/app/api/v1/mesh/tasks/[id]/route'
import { newId } from '@/db/ids'
import { tasks } from '@/db/schema'
import { transcriptChunks, transcriptSources } from '@/db/talk-tables'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { recordEvents } from '@/server/services/history'
import { toMessageId } from '@/server/services/message-id'
import { packPiece } from '@/server/services/packed-piece'
import { addContract, addSegment, addTask, type TestMessage } from '@/server/services/test-world'
import { eq } from 'drizzle-orm'
import { call, openTestApi } from './test-call'

let database: TestDatabase
let ctx: Context
beforeAll(async () => {
  database = await createTestDatabase()
  ctx = openTestApi(database.url)
})
afterAll(() => database.close())

/** A source whose bytes lie in pieces of these sizes; the last takes the rest. */
async function addSource(bytes: Buffer, sizes: number[], values: Partial<typeof transcriptSources.$inferInsert> = {}) {
  const id = newId()
  await ctx.db.insert(transcriptSources).values({
    id,
    ownerId: ctx.actor.ownerId,
    agent: 'claude-code',
    kind: 'file',
    path: `/${id}.jsonl`,
    identity: id,
    bytes: bytes.length,
    ...values,
  })
  let startOffset = 0
  for (const size of [...sizes, bytes.length]) {
    const piece = bytes.subarray(startOffset, startOffset + size)
    if (piece.length === 0) break
    await ctx.db.insert(transcriptChunks).values({
      sourceId: id,
      startOffset,
      size: piece.length,
      ...packPiece(piece),
    })
    startOffset += piece.length
  }
  return id
}

async function addTalk(rows: TestMessage[], values: Partial<typeof tasks.$inferInsert> = {}) {
  const contractId = await addContract(ctx)
  const taskId = await addTask(ctx, contractId, { messageCount: rows.length, ...values })
  const segmentId = await addSegment(ctx, taskId, rows)
  await ctx.db.update(tasks).set({ headSegmentId: segmentId, headSeq: rows.length }).where(eq(tasks.id, taskId))
  return { contractId, taskId, segmentId }
}

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute))
const talkOf = async (id: string, query: Record<string, string> = {}) =>
  (await call(talkRoute, { params: { id }, query })).body

describe('a conversation', () => {
  test('pages through every message once, in order', async () => {
    const rows = Array.from({ length: 253 }, (_, i) => ({ text: `message ${i}`, at: at(i) }))
    const { taskId } = await addTalk(rows)
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const body = await talkOf(taskId, { limit: '100', ...(cursor ? { cursor } : {}) })
      expect(body).toMatchObject({ taskId, taskName: 'A task', status: 'completed', totalMessages: 253 })
      seen.push(...body.messages.map((message: { content: string }) => message.content))
      cursor = body.cursor
    } while (cursor)
    expect(seen).toEqual(rows.map((row) => row.text))
  })

  test('follows a fork through the messages it shares', async () => {
    const { contractId, segmentId } = await addTalk(Array.from({ length: 5 }, (_, i) => ({ text: `shared ${i}` })))
    const forkId = await addTask(ctx, contractId)
    const own = await addSegment(ctx, forkId, [{ text: 'own 0' }, { text: 'own 1' }], { segmentId, seq: 3 })
    await ctx.db.update(tasks).set({ headSegmentId: own, headSeq: 2 }).where(eq(tasks.id, forkId))
    const body = await talkOf(forkId)
    expect(body.messages.map((message: { content: string }) => message.content)).toEqual([
      'shared 0',
      'shared 1',
      'shared 2',
      'own 0',
      'own 1',
    ])
    expect(body.messages[3].id).toBe(toMessageId(own, 1))
    expect(body.messages[3].index).toBe(3)
  })

  test('is narrowed by time and by message', async () => {
    const { taskId, segmentId } = await addTalk(Array.from({ length: 10 }, (_, i) => ({ text: `${i}`, at: at(i) })))
    const texts = async (query: Record<string, string>) =>
      (await talkOf(taskId, query)).messages.map((message: { content: string }) => message.content).join('')
    expect(await texts({ after: at(3).toISOString() })).toBe('456789')
    expect(await texts({ before: at(3).toISOString() })).toBe('012')
    expect(await texts({ after: toMessageId(segmentId, 3), before: toMessageId(segmentId, 6) })).toBe('34')
    expect((await call(talkRoute, { params: { id: taskId }, query: { after: 'soon' } })).status).toBe(400)
    const rewound = { after: toMessageId(segmentId, 999) }
    expect((await call(talkRoute, { params: { id: taskId }, query: rewound })).status).toBe(404)
  })

  test('leaves tool calls or their results out when asked to', async () => {
    const { taskId } = await addTalk([
      { role: 'user', kind: 'prompt', text: 'do it' },
      {
        role: 'assistant',
        kind: 'tool',
        toolName: 'Bash',
        toolInput: '{"command":"ls"}',
        toolResult: 'a\nb',
        isError: false,
        nativeToolId: 'toolu_1',
        tokensInput: 3,
        tokensOutput: 4,
      },
    ])
    const [, tool] = (await talkOf(taskId)).messages
    expect(tool).toMatchObject({
      toolName: 'Bash',
      toolInput: { command: 'ls' },
      toolResult: 'a\nb',
      isError: false,
      toolCalls: [{ id: 'toolu_1', name: 'Bash', input: { command: 'ls' } }],
      tokenCount: 7,
    })
    expect((await talkOf(taskId, { includeToolResults: 'false' })).messages[1]).not.toHaveProperty('toolResult')
    expect((await talkOf(taskId, { includeToolCalls: 'false' })).messages).toHaveLength(1)
  })

  test('gives whole texts from the records, also across pieces and beside letters of several bytes', async () => {
    const long = `Ω ${'größe €🙂 '.repeat(3_000)}end`
    const record = JSON.stringify({ type: 'user', message: { role: 'user', content: long } })
    const call1 = { type: 'tool_use', id: 'toolu_2', name: 'Write', input: { path: 'x', content: long } }
    const request = JSON.stringify({ type: 'assistant', message: { content: [call1] } })
    const answer = { type: 'tool_result', tool_use_id: 'toolu_2', content: [{ type: 'text', text: long }] }
    const result = JSON.stringify({ type: 'user', message: { content: [answer] } })
    const lines = ['{"first":"ä"}', record, request, result]
    const bytes = Buffer.from(`${lines.join('\n')}\n`)
    const offsets = lines.map((_, i) =>
      Buffer.byteLength(
        lines
          .slice(0, i)
          .map((line) => `${line}\n`)
          .join(''),
      ),
    )
    const place = (i: number) => ({ sourceOffset: offsets[i] ?? 0, sourceLength: Buffer.byteLength(lines[i] ?? '') })
    // Pieces that end inside records and inside letters: those are kept as bytes.
    const sourceId = await addSource(bytes, [20_001, 1, 33_333])
    const { taskId } = await addTalk([
      { role: 'user', kind: 'prompt', text: long.slice(0, 502), truncated: true, sourceId, ...place(1) },
      {
        kind: 'tool',
        toolName: 'Write',
        toolInput: '{"path":"x","content":"cut…"}',
        toolResult: long.slice(0, 100),
        nativeToolId: 'toolu_2',
        truncated: true,
        sourceId,
        ...place(2),
        resultSourceId: sourceId,
        resultOffset: place(3).sourceOffset,
        resultLength: place(3).sourceLength,
      },
    ])
    const { messages } = await talkOf(taskId)
    expect(messages[0].content).toBe(long)
    expect(messages[1].toolInput).toEqual({ path: 'x', content: long })
    expect(messages[1].toolResult).toBe(long)
  })

  test('of a task that does not exist is not found', async () => {
    expect((await call(talkRoute, { params: { id: newId() } })).status).toBe(404)
    expect((await call(taskRoute, { params: { id: newId() } })).status).toBe(404)
    expect((await call(historyRoute, { params: { id: newId() } })).status).toBe(404)
  })
})

test("a task's history holds its own events only", async () => {
  const { contractId, taskId } = await addTalk([])
  await recordEvents(ctx, [
    { eventType: 'task.created', eventData: { name: 'A task' }, contractId, taskId, phase: 'plan' },
    { eventType: 'contract.created', eventData: { name: 'A contract' }, contractId },
  ])
  const { body } = await call(historyRoute, { params: { id: taskId } })
  expect(body).toMatchObject({
    taskId,
    contractId,
    totalCount: 1,
    entries: [{ eventType: 'task.created', phase: 'plan' }],
  })
  const none = await call(historyRoute, { params: { id: taskId }, query: { phase: 'execute' } })
  expect(none.body.totalCount).toBe(0)
})

describe('a source', () => {
  const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

  test('comes out byte for byte, also what is no text', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"a":"ä€🙂"}\n'),
      Buffer.from([0, 255, 254, 10]),
      Buffer.alloc(300_000, 'x'),
    ])
    const id = await addSource(bytes, [8, 9, 100_000])
    const { response } = await call(rawRoute, { params: { id } })
    expect(response.headers.get('content-length')).toBe(String(bytes.length))
    expect(sha(new Uint8Array(await response.arrayBuffer()))).toBe(sha(bytes))
  })

  test('that is the beginning of another one ends where it ended', async () => {
    const bytes = Buffer.from('{"n":1}\n{"n":2}\n{"n":3}\n')
    const whole = await addSource(bytes, [16])
    const middle = await addSource(bytes.subarray(0, 0), [], { prefixOf: whole, bytes: 16 })
    const part = await addSource(bytes.subarray(0, 0), [], { prefixOf: middle, bytes: 11 })
    const { response } = await call(rawRoute, { params: { id: part } })
    expect(response.headers.get('content-length')).toBe('11')
    expect(await response.text()).toBe('{"n":1}\n{"n')
  })

  test('is listed with what was counted in it', async () => {
    const { body } = await call(sourcesRoute, { query: { limit: '1' } })
    expect(body.sources).toHaveLength(1)
    expect(body.cursor).not.toBeNull()
    expect((await call(sourcesRoute, { query: { limit: '100', cursor: body.cursor } })).body.sources.length).toBe(
      body.totalCount - 1,
    )
    expect((await call(rawRoute, { params: { id: newId() } })).status).toBe(404)
  })
})
