import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '@/db/ids'
import { tasks } from '@/db/schema'
import { transcriptChunks, transcriptSources } from '@/db/talk-tables'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { getMessage, getOutline, getSlice, locateMessage } from './conversation'
import { toMessageId } from './message-id'
import { addContract, addSegment, addTask, type TestMessage, testContext } from './test-world'

let database: TestDatabase
let ctx: Context
beforeAll(async () => {
  database = await createTestDatabase()
  ctx = testContext(database.db)
})
afterAll(() => database.close())

async function addTalk(rows: TestMessage[]) {
  const contractId = await addContract(ctx)
  const taskId = await addTask(ctx, contractId)
  const segmentId = await addSegment(ctx, taskId, rows)
  await setHead(taskId, segmentId, rows.length)
  return { contractId, taskId, segmentId }
}
const setHead = (taskId: string, headSegmentId: string, headSeq: number) =>
  ctx.db.update(tasks).set({ headSegmentId, headSeq }).where(eq(tasks.id, taskId))

describe('a slice', () => {
  test('is counted from the beginning or from the end', async () => {
    const { taskId } = await addTalk(Array.from({ length: 30 }, (_, i) => ({ text: `${i}` })))
    const texts = async (from: number, limit: number) => {
      const slice = await getSlice(ctx, { taskId, from, limit })
      expect(slice.totalMessages).toBe(30)
      expect(slice.messages.map((message) => message.index)).toEqual(slice.messages.map((_, i) => slice.from + i))
      return slice.messages.map((message) => message.text)
    }
    expect(await texts(0, 3)).toEqual(['0', '1', '2'])
    expect(await texts(-2, 10)).toEqual(['28', '29'])
    expect(await texts(-99, 1)).toEqual(['0'])
    expect(await texts(99, 5)).toEqual([])
  })

  test('stays below 700 kB however long its messages are, and says what was cut', async () => {
    const row = { text: 'ä"\n'.repeat(5_000), toolInput: '{"a":1}', toolResult: '🙂'.repeat(2_000) }
    const { taskId } = await addTalk([{ text: 'short' }, ...Array.from({ length: 200 }, () => row)])
    const { messages } = await getSlice(ctx, { taskId, from: 0, limit: 200 })
    expect(messages).toHaveLength(200)
    expect(Buffer.byteLength(JSON.stringify(messages))).toBeLessThan(700_000)
    expect(messages[0]).toMatchObject({ text: 'short', truncated: false })
    expect(messages[1]?.truncated).toBe(true)
  })

  test('of an empty task is empty', async () => {
    const taskId = await addTask(ctx, await addContract(ctx))
    expect(await getSlice(ctx, { taskId, from: -50, limit: 50 })).toMatchObject({ totalMessages: 0, messages: [] })
    await expect(getSlice(ctx, { taskId: newId(), from: 0, limit: 5 })).rejects.toThrow('no task with this id')
  })

  test('shows the task that a tool call started', async () => {
    const { contractId, taskId } = await addTalk([{ kind: 'tool', toolName: 'Agent', nativeToolId: 'toolu_child' }])
    const child = await addTask(ctx, contractId, {
      name: 'The child',
      parentTaskId: taskId,
      spawnedByToolId: 'toolu_child',
    })
    const { messages } = await getSlice(ctx, { taskId, from: 0, limit: 5 })
    expect(messages[0]?.childTask).toEqual({ id: child, name: 'The child', status: 'completed' })
  })

  test('at the end of fifty thousand messages after a rewind is exactly what stands there', async () => {
    const { taskId, segmentId } = await addTalk(Array.from({ length: 50_000 }, (_, i) => ({ text: `m${i}` })))
    await setHead(taskId, segmentId, 49_000)
    const { messages, totalMessages } = await getSlice(ctx, { taskId, from: -2, limit: 200 })
    expect(totalMessages).toBe(49_000)
    expect(messages.map((message) => message.text)).toEqual(['m48998', 'm48999'])
    expect(await locateMessage(ctx, { taskId, messageId: toMessageId(segmentId, 48_999) })).toEqual({ index: 48_998 })
    expect(await locateMessage(ctx, { taskId, messageId: toMessageId(segmentId, 49_001) })).toEqual({ index: null })
  })
})

test('the outline holds prompts and commands with their positions', async () => {
  const { taskId, segmentId } = await addTalk([
    { role: 'user', kind: 'prompt', text: 'x'.repeat(300), at: new Date('2026-01-01') },
    { text: 'answer' },
    { role: 'user', kind: 'command', text: '/compact' },
  ])
  const { prompts, totalMessages } = await getOutline(ctx, { taskId })
  expect(totalMessages).toBe(3)
  expect(prompts).toEqual([
    { messageId: toMessageId(segmentId, 1), index: 0, at: new Date('2026-01-01'), text: 'x'.repeat(160) },
    { messageId: toMessageId(segmentId, 3), index: 2, at: null, text: '/compact' },
  ])
})

test('the outline of very many long prompts keeps the newest and stays below a megabyte', async () => {
  const rows = Array.from({ length: 6_000 }, (_, i) => ({ kind: 'prompt', text: `${i} ${'語'.repeat(200)}` }))
  const { taskId } = await addTalk(rows)
  const { prompts, totalMessages } = await getOutline(ctx, { taskId })
  expect(totalMessages).toBe(6_000)
  expect(prompts.at(-1)?.index).toBe(5_999)
  expect(Buffer.byteLength(JSON.stringify(prompts))).toBeLessThan(1_000_000)
})

describe('a whole message', () => {
  const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
  const image = (media_type: string, data: string) => ({ type: 'image', source: { type: 'base64', media_type, data } })

  test('has its records, its images and nothing that could run', async () => {
    const content = [
      { type: 'text', text: 'look' },
      image('image/png', PIXEL),
      image('image/svg+xml', 'PHN2Zz48L3N2Zz4='),
      image('image/png', '"><script>'),
    ]
    const record = JSON.stringify({ type: 'user', message: { content } })
    const sourceId = newId()
    const { ownerId } = ctx.actor
    await ctx.db.insert(transcriptSources).values({
      id: sourceId,
      ownerId,
      agent: 'claude-code',
      kind: 'file',
      path: '/x',
      identity: 'x',
      bytes: record.length,
    })
    await ctx.db
      .insert(transcriptChunks)
      .values({ sourceId, startOffset: 0, size: record.length, raw: Buffer.from(record) })
    const { taskId, segmentId } = await addTalk([
      { role: 'user', kind: 'prompt', text: 'look', sourceId, sourceOffset: 0, sourceLength: record.length },
    ])
    const message = await getMessage(ctx, { taskId, messageId: toMessageId(segmentId, 1) })
    expect(message.rawRecord).toBe(record)
    expect(message.images).toEqual([{ mediaType: 'image/png', dataUrl: `data:image/png;base64,${PIXEL}` }])
    expect(message).toMatchObject({ index: 0, text: 'look', rawResult: null, truncated: false })
  })

  test('can still be opened after a rewind left it aside, but not through another contract', async () => {
    const { taskId, segmentId } = await addTalk([{ text: 'stays' }, { text: 'left aside' }])
    await setHead(taskId, segmentId, 1)
    const messageId = toMessageId(segmentId, 2)
    expect(await getMessage(ctx, { taskId, messageId })).toMatchObject({ text: 'left aside', index: -1 })
    const other = await addTalk([{ text: 'elsewhere' }])
    await expect(getMessage(ctx, { taskId: other.taskId, messageId })).rejects.toThrow('no message with this id')
    await expect(getMessage(ctx, { taskId, messageId: toMessageId(segmentId, 9) })).rejects.toThrow('no message')
  })
})
