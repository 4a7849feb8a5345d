// API keys: who shows one gets what it allows, and nothing more or longer.
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as contractsRoute from '@/app/api/v1/contracts/route'
import * as eventsRoute from '@/app/api/v1/events/route'
import * as keyRoute from '@/app/api/v1/keys/[id]/route'
import * as keysRoute from '@/app/api/v1/keys/route'
import * as previewRoute from '@/app/api/v1/shares/preview/route'
import { apiKeys, idempotencyKeys } from '@/db/schema'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { call, openTestApi, personHeaders } from './test-call'

let database: TestDatabase
let ctx: Context
beforeAll(async () => {
  database = await createTestDatabase()
  ctx = openTestApi(database.url)
})
afterAll(() => database.close())

const make = async (body: object) => (await call(keysRoute, { method: 'POST', body })).body
const as = (key: string) => ({ authorization: `Bearer ${key}` })

test('a key is told once, and kept as its hash only', async () => {
  const made = await make({ name: 'CI' })
  expect(made.key).toMatch(/^mak_[\w-]{43}$/)
  expect(made.key.startsWith(made.prefix)).toBe(true)
  const [row] = await ctx.db.select().from(apiKeys).where(eq(apiKeys.id, made.id))
  expect(JSON.stringify(row)).not.toContain(made.key)
  const headers = { 'idempotency-key': 'again' }
  const other = await call(keysRoute, { method: 'POST', headers, body: { name: 'Once' } })
  expect(JSON.stringify(await ctx.db.select().from(idempotencyKeys))).not.toContain(other.body.key)
  await call(keyRoute, { method: 'DELETE', params: { id: other.body.id } })
  const listed = await call(keysRoute)
  expect(JSON.stringify(listed.body)).not.toContain(made.key)
  expect(listed.body.keys.find(({ id }: { id: string }) => id === made.id)).toMatchObject({
    name: 'CI',
    scope: 'write',
    state: 'open',
    lastUsedAt: null,
  })
  expect((await call(contractsRoute, { headers: as(made.key) })).status).toBe(200)
  const [used] = await ctx.db.select().from(apiKeys).where(eq(apiKeys.id, made.id))
  expect(used?.lastUsedAt).not.toBeNull()
})

test('a key that may only read looks at everything, previews too, and changes nothing', async () => {
  const { key } = await make({ name: 'Reader', scope: 'read' })
  expect((await call(contractsRoute, { headers: as(key) })).status).toBe(200)
  const taskId = '00000000-0000-7000-8000-000000000001'
  const preview = await call(previewRoute, { method: 'POST', headers: as(key), body: { taskId } })
  expect(preview.body.code).toBe('not_found')
  const change = await call(contractsRoute, {
    method: 'POST',
    headers: as(key),
    body: { name: 'x', repositoryPath: '/' },
  })
  expect(change).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  expect(change.body.detail).toContain('“Reader” may only read')
})

test('a wrong key, one taken back, one that is over and another way to sign in are refused', async () => {
  const made = await make({ name: 'Gone' })
  const over = await make({ name: 'Over', expiresInDays: 1 })
  await ctx.db
    .update(apiKeys)
    .set({ expiresAt: new Date(Date.now() - 1) })
    .where(eq(apiKeys.id, over.id))
  expect((await call(keyRoute, { method: 'DELETE', params: { id: made.id } })).body.state).toBe('revoked')
  for (const headers of [
    as(made.key),
    as(over.key),
    as(`${made.key.slice(0, -1)}A`),
    { authorization: 'Basic YTpi' },
    { authorization: 'Bearer ' },
  ]) {
    const refused = await call(contractsRoute, { headers })
    expect(refused, headers.authorization).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
  }
})

test('a key cannot make or take back keys', async () => {
  const { key, id } = await make({ name: 'Ambitious' })
  expect((await call(keysRoute, { method: 'POST', headers: as(key), body: { name: 'x' } })).status).toBe(403)
  expect((await call(keyRoute, { method: 'DELETE', params: { id }, headers: as(key) })).status).toBe(403)
})

test('a stream ends when its key is taken back', async () => {
  const { key, id } = await make({ name: 'Listener', scope: 'read' })
  const GET = eventsRoute.GET as (request: Request, place: { params: Promise<object> }) => Promise<Response>
  const request = new Request('http://127.0.0.1:4700/api/v1/events', { headers: { ...personHeaders(), ...as(key) } })
  const response = await GET(request, { params: Promise.resolve({}) })
  const reader = response.body?.getReader()
  expect(response.status).toBe(200)
  expect((await reader?.read())?.done).toBe(false)
  await call(keyRoute, { method: 'DELETE', params: { id } })
  const until = Date.now() + 20_000
  let done = false
  while (!done && Date.now() < until) done = (await reader?.read())?.done ?? true
  expect(done).toBe(true)
})
