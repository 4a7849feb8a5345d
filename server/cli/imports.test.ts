import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { SourceView } from '@/server/services/views'
import { call, findAddress } from './http'
import { type ImportAnswer, progressLine, reportLines, requestImport } from './imports'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

const progress = {
  phase: 'reading' as const,
  sourcesTotal: 1200,
  sourcesDone: 12,
  bytesTotal: 1,
  bytesDone: 1,
  records: 34_000,
  messages: 20_500,
  bytesPerSecond: 23_400_000,
  current: null,
}

function source(values: Partial<SourceView>): SourceView {
  const tokens = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }
  const counts = {
    records: 0,
    messages: 0,
    prompts: 0,
    assistantMessages: 0,
    toolCalls: 0,
    toolResults: 0,
    toolErrors: 0,
  }
  const rest = { agent: 'claude-code', sessionId: null, taskId: null, firstAt: null, lastAt: null, outcome: null }
  return {
    id: 'x',
    path: '/x',
    bytes: 0,
    tokens,
    ...counts,
    ...rest,
    unknown: 0,
    healed: 0,
    bad: 0,
    blanked: 0,
    problems: [],
    ...values,
  }
}

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

test('progress tells counts and rate', () => {
  expect(progressLine(progress)).toBe('12 of 1,200 sources, 34,000 records, 20,500 messages, 23.4 MB/s')
})

test('the report adds up what was read and says what was skipped and why', () => {
  const view: ImportAnswer = {
    id: 'x',
    path: null,
    state: 'done',
    checkpoints: 3,
    notes: [],
    error: null,
    progress,
    sources: [
      source({ records: 1000, messages: 700, toolCalls: 200, unknown: 2 }),
      source({ records: 5, messages: 4, healed: 1, bad: 1 }),
      source({ skipped: 'not a transcript' }),
      source({ skipped: 'not a transcript' }),
    ],
  }
  const text = reportLines(view).join('\n')
  expect(text).toMatch(/Sources +2\n/)
  expect(text).toMatch(/Records +1,005\n/)
  expect(text).toMatch(/Messages +704\n/)
  expect(text).toMatch(/Unknown records, kept +2\n/)
  expect(text).toMatch(/Skipped +2\n +2 × not a transcript/)
})

test("the server's own sentence comes out as the error", async () => {
  const url = await listen((_request, response) => {
    response.writeHead(400, { 'content-type': 'application/problem+json' })
    response.end(JSON.stringify({ code: 'invalid', detail: 'There is no file or folder at /x. Check the path.' }))
  })
  await expect(call({ url, key: null, isOwn: false }, 'POST', '/imports', {})).rejects.toMatchObject({
    code: 'invalid',
    message: /no file or folder/,
  })
})

test('without a running Makima the command says where it looked and how to start it', () => {
  expect(() => findAddress('/nowhere/makima', undefined)).toThrow(/nothing runs on \/nowhere\/makima.*npm start/)
  expect(findAddress('/nowhere/makima', 'http://127.0.0.1:9/')).toEqual({
    url: 'http://127.0.0.1:9',
    key: null,
    isOwn: false,
  })
})

test('a file goes to a Makima elsewhere as it is; for its own, and for a folder, the path is enough', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'makima-send-'))
  const file = join(folder, 'my work #1.makima')
  const bytes = Buffer.alloc(300_000, 'made up ')
  writeFileSync(file, bytes)
  const seen: { url?: string; type?: string; body: Buffer }[] = []
  const url = await listen((asked, response) => {
    const parts: Buffer[] = []
    asked.on('data', (part: Buffer) => parts.push(part))
    asked.on('end', () => {
      seen.push({ url: asked.url, type: asked.headers['content-type'], body: Buffer.concat(parts) })
      response.writeHead(202, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ importId: 'x' }))
    })
  })
  const elsewhere = { url, key: null, isOwn: false }
  try {
    expect(await requestImport(elsewhere, file, 'codex')).toBe('x')
    await requestImport({ ...elsewhere, isOwn: true }, file, 'codex')
    await requestImport(elsewhere, folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
  expect(seen[0]).toMatchObject({
    url: '/api/v1/imports/file?name=my+work+%231.makima&agent=codex',
    type: 'application/octet-stream',
  })
  expect(seen[0]?.body.equals(bytes)).toBe(true)
  expect(seen.slice(1).map(({ body }) => JSON.parse(String(body)))).toEqual([
    { path: file, agent: 'codex' },
    { path: folder },
  ])
})
