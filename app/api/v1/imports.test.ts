import { existsSync, readdirSync, readFileSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as fileRoute from '@/app/api/v1/imports/file/route'
import * as importRoute from '@/app/api/v1/imports/[id]/route'
import { imports, tasks } from '@/db/schema'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { runImport } from '@/server/services/import/run'
import { call, openTestApi, personHeaders } from './test-call'
import { holdToDescription } from './test-description'

let database: TestDatabase
let ctx: Context
beforeAll(async () => {
  database = await createTestDatabase()
  ctx = openTestApi(database.url)
})
afterAll(() => database.close())

const LINE = {
  type: 'user',
  uuid: '5f0c1c5e-8a0e-4c0e-9a53-0d6f6f3f0001',
  parentUuid: null,
  sessionId: '5f0c1c5e-8a0e-4c0e-9a53-0d6f6f3f0000',
  cwd: '/home/somebody/shop',
  timestamp: '2026-01-05T10:00:00.000Z',
  message: { role: 'user', content: 'Count the apples.' },
}
const TRANSCRIPT = `${JSON.stringify(LINE)}\n`

async function send(name: string | null, body: BodyInit | null, headers: Record<string, string> = {}) {
  const query = name === null ? '' : `?name=${encodeURIComponent(name)}`
  const request = new Request(`http://127.0.0.1:4700/api/v1/imports/file${query}`, {
    method: 'POST',
    headers: { ...personHeaders(), 'content-type': 'application/octet-stream', ...headers },
    body,
    ...(body instanceof ReadableStream && { duplex: 'half' }),
  })
  const response = await fileRoute.POST(request, { params: Promise.resolve({}) })
  const answer = (await response.json()) as { importId: string; code: string; detail: string }
  holdToDescription(fileRoute, 'POST', response, answer)
  return { status: response.status, ...answer }
}

const sentFiles = () => {
  const folder = join(ctx.env.home, 'uploads')
  return existsSync(folder) ? readdirSync(folder) : []
}

test('a file that is sent is imported under its name, and is there no longer than that takes', async () => {
  const { status, importId } = await send('5f0c1c5e-8a0e-4c0e-9a53-0d6f6f3f0000.jsonl', TRANSCRIPT)
  expect(status).toBe(202)
  const [row] = await ctx.db.select().from(imports).where(eq(imports.id, importId))
  expect(readFileSync(row?.path ?? '', 'utf8')).toBe(TRANSCRIPT)
  await runImport(ctx, importId, new AbortController().signal)
  const { body } = await call(importRoute, { params: { id: importId } })
  expect(body).toMatchObject({
    path: '5f0c1c5e-8a0e-4c0e-9a53-0d6f6f3f0000.jsonl',
    state: 'done',
    totals: { messages: 1 },
    sources: [{ path: '5f0c1c5e-8a0e-4c0e-9a53-0d6f6f3f0000.jsonl', sessionId: LINE.sessionId }],
  })
  expect(sentFiles()).toEqual([])
})

test('the same file again adds nothing, and one that grew only what is new, though it comes to another place', async () => {
  const sessionId = '5f0c1c5e-8a0e-4c0e-9a53-0d6f6f3f0009'
  const first = { ...LINE, sessionId, uuid: '5f0c1c5e-8a0e-4c0e-9a53-0d6f6f3f0010' }
  const second = {
    ...first,
    uuid: '5f0c1c5e-8a0e-4c0e-9a53-0d6f6f3f0011',
    parentUuid: first.uuid,
    timestamp: '2026-01-05T10:01:00.000Z',
    message: { role: 'user', content: 'Now the pears.' },
  }
  const lines = [first, second].map((line) => `${JSON.stringify(line)}\n`)
  for (const [text, expected] of [
    [lines[0], 1],
    [lines[0], 1],
    [lines.join(''), 2],
  ] as const) {
    const { importId } = await send(`${sessionId}.jsonl`, text ?? '')
    await runImport(ctx, importId, new AbortController().signal)
    const found = await ctx.db
      .select({ name: tasks.name, messages: tasks.messageCount })
      .from(tasks)
      .where(eq(tasks.nativeSessionId, sessionId))
    expect(found).toMatchObject([{ messages: expected }])
  }
})

test('what cannot be read is told in the report, and its file goes too', async () => {
  const { importId } = await send('broken.makima', 'this is no contract')
  await runImport(ctx, importId, new AbortController().signal)
  const { body } = await call(importRoute, { params: { id: importId } })
  expect(body).toMatchObject({
    path: 'broken.makima',
    state: 'failed',
    error: expect.stringContaining('cut on its way'),
  })
  expect(sentFiles()).toEqual([])
})

test('names that lead elsewhere, nothing at all and another type are refused with what to do', async () => {
  for (const name of [null, '', '..', '../../x.jsonl', 'a/b.makima', 'a\\b.makima', 'a\0.makima', 'ä'.repeat(101)]) {
    const answer = await send(name, TRANSCRIPT)
    expect([answer.status, answer.code], String(name)).toEqual([400, 'invalid'])
    expect(answer.detail).toMatch(/name/)
  }
  for (const nothing of ['', null]) {
    expect(await send('x.jsonl', nothing)).toMatchObject({ status: 400, detail: expect.stringContaining('empty') })
  }
  const json = await send('x.jsonl', '{}', { 'content-type': 'application/json' })
  expect(json).toMatchObject({ status: 415, detail: expect.stringContaining('application/octet-stream') })
  expect(sentFiles()).toEqual([])
})

test('what is cut off on its way leaves nothing, and what a Makima that was ended left is removed in time', async () => {
  const cut = new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from(TRANSCRIPT))
      controller.error(new Error('gone'))
    },
  })
  expect((await send('x.jsonl', cut)).status).toBe(500)
  expect(sentFiles()).toEqual([])
  await send('old.jsonl', TRANSCRIPT)
  const [old = ''] = sentFiles()
  const before = Date.now() / 1_000 - 8 * 86_400
  utimesSync(join(ctx.env.home, 'uploads', old), before, before)
  await send('new.jsonl', TRANSCRIPT)
  expect(sentFiles()).toHaveLength(1)
  expect(sentFiles()).not.toContain(old)
})
