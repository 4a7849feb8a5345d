// Forgetting and retention over REST: what is asked, what is answered, and who may.
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as allowRoute from '@/app/api/v1/forget/[id]/allow/route'
import * as oneRoute from '@/app/api/v1/forget/[id]/route'
import * as previewRoute from '@/app/api/v1/forget/preview/route'
import * as forgetRoute from '@/app/api/v1/forget/route'
import * as keysRoute from '@/app/api/v1/keys/route'
import * as retentionPreviewRoute from '@/app/api/v1/retention/preview/route'
import * as retentionRoute from '@/app/api/v1/retention/route'
import { forgettings } from '@/db/forget-tables'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { addContract, addSegment, addTask } from '@/server/services/test-world'
import { call, openTestApi } from './test-call'

let database: TestDatabase
let ctx: Context
beforeAll(async () => {
  database = await createTestDatabase()
  ctx = openTestApi(database.url)
})
afterAll(() => database.close())

const look = (body: object, headers = {}) => call(previewRoute, { method: 'POST', body, headers })
const forget = (body: object, headers = {}) => call(forgetRoute, { method: 'POST', body, headers })

test('a contract is forgotten by the hash of its preview only', async () => {
  const id = await addContract(ctx, { name: 'Secret name' })
  await addSegment(ctx, await addTask(ctx, id), [{ text: 'said' }])
  const subject = { kind: 'contract', id }
  const preview = await look(subject)
  expect(preview).toMatchObject({ status: 200, body: { kind: 'contract', name: 'Secret name', blocked: [] } })
  expect(preview.body.counts).toContainEqual({ kind: 'messages', n: 1, bytes: null })
  expect((await forget(subject)).status).toBe(400)
  expect((await forget({ ...subject, planHash: 'other' })).body).toMatchObject({ status: 409, code: 'conflict' })
  const asked = await forget({ ...subject, planHash: preview.body.planHash })
  expect(asked).toMatchObject({ status: 202, body: { state: 'queued', kind: 'contract', isHeld: false } })
  expect((await call(oneRoute, { params: { id: asked.body.id } })).body).toEqual(asked.body)
  expect((await call(forgetRoute)).body.forgettings).toHaveLength(1)
  expect(JSON.stringify(await ctx.db.select().from(forgettings))).not.toContain('Secret name')
  const early = await call(allowRoute, { method: 'POST', params: { id: asked.body.id } })
  expect(early.body).toMatchObject({ code: 'conflict' })
})

test('a string is kept in clear nowhere while it waits to be forgotten', async () => {
  const id = await addContract(ctx, { name: 'x' })
  await addSegment(ctx, await addTask(ctx, id), [{ text: 'the word hunter2-long' }])
  const subject = { kind: 'string', string: 'hunter2-long', keepCode: true }
  const { body } = await look(subject)
  expect(body).toMatchObject({ name: null, counts: expect.arrayContaining([{ kind: 'messages', n: 1, bytes: null }]) })
  const headers = { 'idempotency-key': 'with-a-string' }
  expect((await forget({ ...subject, planHash: body.planHash }, headers)).status).toBe(202)
  const rows = await database.sql`select forgettings::text as row from forgettings`
  expect(JSON.stringify(rows)).not.toContain('hunter2')
  expect(await database.sql`select * from idempotency_keys`).toEqual([])
  expect((await look({ kind: 'string', string: 'short' })).body).toMatchObject({ code: 'invalid' })
})

test('a key may look, and not forget, whatever it may else', async () => {
  const id = await addContract(ctx)
  const { body: made } = await call(keysRoute, { method: 'POST', body: { name: 'CI', scope: 'write' } })
  const headers = { authorization: `Bearer ${made.key}` }
  const { status, body } = await look({ kind: 'contract', id }, headers)
  expect(status).toBe(200)
  expect((await forget({ kind: 'contract', id, planHash: body.planHash }, headers)).status).toBe(403)
  expect((await call(retentionRoute, { method: 'PATCH', body: { shelf: 1 }, headers })).status).toBe(403)
  expect((await call(retentionRoute, { headers })).status).toBe(200)
})

test('what does not exist, and what is none of these, is refused in a sentence', async () => {
  const id = '00000000-0000-7000-8000-000000000000'
  for (const kind of ['contract', 'task', 'transcript']) expect((await look({ kind, id })).status).toBe(404)
  expect((await look({ kind: 'everything' })).body.detail).toContain('kind is contract, task, transcript or string')
  expect((await call(oneRoute, { params: { id } })).status).toBe(404)
})

test('days are off by default, checked, and set by kind', async () => {
  const off = { conversationSnapshots: null, codeSnapshots: null, shelf: null, transcripts: null }
  expect((await call(retentionRoute)).body).toMatchObject({ ...off, updatedAt: null })
  for (const shelf of [0, -1, 1.5, 'x', 40_000]) {
    expect((await call(retentionRoute, { method: 'PATCH', body: { shelf } })).status).toBe(400)
  }
  const preview = await call(retentionPreviewRoute, { method: 'POST', body: { transcripts: 1 } })
  expect(preview).toMatchObject({ status: 200, body: { kind: 'retention', counts: [] } })
  expect((await call(retentionRoute, { method: 'PATCH', body: { shelf: 30 } })).body).toMatchObject({
    ...off,
    shelf: 30,
  })
  expect((await call(retentionRoute, { method: 'PATCH', body: { transcripts: 365 } })).body).toMatchObject({
    shelf: 30,
    transcripts: 365,
  })
  expect((await call(retentionRoute, { method: 'PATCH', body: { shelf: null } })).body).toMatchObject({ shelf: null })
})
