import { afterAll, beforeAll, expect, test } from 'vitest'
import { POST as procedure } from '@/app/api/trpc/[trpc]/route'
import { POST as addContract } from '@/app/api/v1/contracts/route'
import { POST as sendFile } from '@/app/api/v1/imports/file/route'
import { openTestApi } from '@/app/api/v1/test-call'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
  openTestApi(database.url)
})
afterAll(() => database.close())

type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>

test.each<[string, Handler, string]>([
  ['REST', addContract, 'application/json'],
  ['a procedure', procedure, 'application/json'],
  ['a file that is sent', sendFile, 'application/octet-stream'],
])('of who may not ask %s, nothing is read', async (_, handler, type) => {
  let taken = 0
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        taken += 1
        controller.enqueue(new Uint8Array(1_000))
      },
    },
    { highWaterMark: 0 },
  )
  const headers = { host: '127.0.0.1:4700', 'content-type': type }
  const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit
  const response = await handler(new Request('http://127.0.0.1:4700/api/x', init), { params: Promise.resolve({}) })
  expect(response.status).toBe(401)
  expect(taken).toBe(0)
})
