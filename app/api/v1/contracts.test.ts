import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as unknownRoute from '@/app/api/v1/[...path]/route'
import * as contractRoute from '@/app/api/v1/contracts/[id]/route'
import * as contractHistory from '@/app/api/v1/contracts/[id]/history/route'
import * as supervisorTalk from '@/app/api/v1/contracts/[id]/supervisor/conversation/route'
import * as tasksRoute from '@/app/api/v1/contracts/[id]/tasks/route'
import * as contractsRoute from '@/app/api/v1/contracts/route'
import * as healthz from '@/app/api/v1/healthz/route'
import * as operationsRoute from '@/app/api/v1/operations/route'
import * as readyz from '@/app/api/v1/readyz/route'
import * as recoverRoute from '@/app/api/v1/recover/route'
import * as timeline from '@/app/api/v1/timeline/route'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { createWorld, type TestWorld } from '@/server/git/test-repository'
import { addContract } from '@/server/services/test-world'
import { call, openTestApi } from './test-call'

let database: TestDatabase
let ctx: Context
let world: TestWorld
beforeAll(async () => {
  database = await createTestDatabase()
  ctx = openTestApi(database.url)
  world = createWorld()
})
afterAll(async () => {
  world.cleanup()
  await database.close()
})

const create = (body: object, headers = {}) => call(contractsRoute, { method: 'POST', body, headers })
const NOBODY = '01890000-0000-7000-8000-000000000000'

describe('a contract by hand', () => {
  test('is made on a folder, with a supervisor task in it, and is told in the history', async () => {
    const made = await create({ name: 'By hand', goal: 'Try it', repositoryPath: world.folder })
    expect(made.status).toBe(201)
    const { contractId, taskId } = made.body
    const { body } = await call(contractRoute, { params: { id: contractId } })
    expect(body).toMatchObject({ name: 'By hand', goal: 'Try it', supervisorTaskId: taskId, taskCount: 1 })
    expect(body.repository).toMatchObject({ path: world.folder, available: true })
    expect(body.tasks).toHaveLength(1)
    expect(body.tasks[0].worktree.path).toBe(world.folder)
    expect(body.spark).toEqual([2])
    const history = await call(contractHistory, { params: { id: contractId } })
    expect(history.body).toMatchObject({ contractId, totalCount: 2, cursor: null })
    expect(history.body.entries.map((entry: { eventType: string }) => entry.eventType).sort()).toEqual([
      'contract.created',
      'task.created',
    ])
    expect(history.body.entries[0]).toMatchObject({ ownerId: ctx.actor.ownerId, contractId, phase: 'execute' })
    expect(new Date(history.body.entries[0].createdAt).getTime()).not.toBeNaN()
    const talk = await call(supervisorTalk, { params: { id: contractId } })
    expect(talk.body).toMatchObject({
      contractId,
      supervisorTaskId: taskId,
      messages: [],
      spawnedTasks: [],
      cursor: null,
    })
  })

  test('gets a task beside the supervisor', async () => {
    const { contractId, taskId } = (await create({ name: 'Two', repositoryPath: world.folder })).body
    const added = await call(tasksRoute, { method: 'POST', params: { id: contractId }, body: { name: 'Beside' } })
    expect(added.status).toBe(201)
    const { body } = await call(contractRoute, { params: { id: contractId } })
    expect(body.taskCount).toBe(2)
    expect(body.tasks[1]).toMatchObject({ id: added.body.taskId, name: 'Beside', parentTaskId: taskId })
    const talk = await call(supervisorTalk, { params: { id: contractId } })
    expect(talk.body.pendingTaskIds).toEqual([added.body.taskId])
    expect(talk.body.spawnedTasks[0]).toMatchObject({
      taskId: added.body.taskId,
      taskName: 'Beside',
      status: 'pending',
    })
  })

  test('gives a new task its own agent, unless another is named', async () => {
    const { contractId } = (await create({ name: 'Led', repositoryPath: world.folder, agent: 'codex' })).body
    const params = { id: contractId }
    await call(tasksRoute, { method: 'POST', params, body: { name: 'Alike' } })
    await call(tasksRoute, { method: 'POST', params, body: { name: 'Other', agent: 'gemini' } })
    const { body } = await call(contractRoute, { params })
    expect(body.tasks.map(({ agent }: { agent: string }) => agent)).toEqual(['codex', 'codex', 'gemini'])
  })

  for (const [what, repositoryPath, code] of [
    ['a folder that does not exist', '/no/such/folder', 'not_found'],
    ['a folder without git', '/usr', 'invalid'],
    ['a path that is not whole', 'project', 'invalid'],
  ]) {
    test(`is refused with a sentence for ${what}`, async () => {
      const { status, body, response } = await create({ name: 'x', repositoryPath })
      expect(status).toBe(code === 'invalid' ? 400 : 404)
      expect(response.headers.get('content-type')).toBe('application/problem+json')
      expect(body.code).toBe(code)
      expect(body.detail).toMatch(/[A-Z].{20,}\.$/)
    })
  }
})

describe('the list of contracts', () => {
  test('pages by its cursor without gap or repeat, in every order', async () => {
    const name = `page-${Date.now()}`
    for (let i = 0; i < 7; i += 1) {
      await addContract(ctx, {
        name: `${name} ${i % 3}`,
        costUsd: i % 2,
        lastActivityAt: new Date(2026, 0, 1 + (i % 4)),
      })
    }
    for (const sort of ['activity', 'name', 'cost', 'tokens']) {
      const seen: string[] = []
      let cursor: string | null = null
      do {
        const query: Record<string, string> = { search: name, sort, limit: '3', ...(cursor ? { cursor } : {}) }
        const { body } = await call(contractsRoute, { query })
        expect(body.totalCount).toBe(7)
        seen.push(...body.contracts.map((contract: { id: string }) => contract.id))
        cursor = body.cursor
      } while (cursor)
      expect(new Set(seen).size).toBe(7)
      expect(seen).toHaveLength(7)
    }
  })
  test('finds text with the letters that SQL patterns use', async () => {
    await addContract(ctx, { name: 'half 50% done_' })
    expect((await call(contractsRoute, { query: { search: '50% done_' } })).body.totalCount).toBe(1)
    expect((await call(contractsRoute, { query: { search: '50_ done%' } })).body.totalCount).toBe(0)
  })
})

describe('bad requests', () => {
  test('are answered with a code and a sentence', async () => {
    const cases = [
      [await call(contractRoute, { params: { id: NOBODY } }), 404, 'not_found'],
      [await call(contractRoute, { params: { id: 'abc' } }), 400, 'invalid'],
      [await call(contractHistory, { params: { id: NOBODY } }), 404, 'not_found'],
      [await call(contractsRoute, { method: 'POST', body: '{"name":' }), 400, 'invalid'],
      [await call(contractsRoute, { method: 'POST', body: '[]' }), 400, 'invalid'],
      [await call(contractsRoute, { method: 'POST', body: {} }), 400, 'invalid'],
      [await call(contractsRoute, { method: 'POST', body: 'x'.repeat(1_100_000) }), 413, 'too_large'],
      [await call(contractsRoute, { method: 'DELETE' }), 405, 'invalid'],
      [await call(contractsRoute, { query: { limit: '0' } }), 400, 'invalid'],
      [await call(contractsRoute, { query: { limit: 'x' } }), 400, 'invalid'],
      [await call(contractsRoute, { query: { cursor: 'x' } }), 400, 'invalid'],
      [await call(timeline, { query: { from: 'yesterday' } }), 400, 'invalid'],
      [await call(timeline, { query: { phase: 'none' } }), 400, 'invalid'],
      [await call(unknownRoute), 404, 'not_found'],
    ] as const
    for (const [{ status, body, response }, expected, code] of cases) {
      expect([status, body.code]).toEqual([expected, code])
      expect(response.headers.get('content-type')).toBe('application/problem+json')
      expect(body.detail).toMatch(/\.$/)
    }
  })
  test('a limit above the cap gets the cap', async () => {
    expect((await call(timeline, { query: { limit: '5000' } })).status).toBe(200)
  })
})

describe('a retry with the same Idempotency-Key', () => {
  test('gets the first answer and changes nothing again', async () => {
    const body = { name: 'Once', repositoryPath: world.folder }
    const headers = { 'idempotency-key': 'key-1' }
    const first = await create(body, headers)
    const second = await create(body, headers)
    expect(second.status).toBe(first.status)
    expect(second.body).toEqual(first.body)
    expect((await create({ ...body, name: 'Other' }, headers)).body.code).toBe('invalid')
  })
  test('two at the same moment make one contract', async () => {
    const body = { name: `Race ${Date.now()}`, repositoryPath: world.folder }
    const headers = { 'idempotency-key': 'key-2' }
    const answers = await Promise.all([create(body, headers), create(body, headers), create(body, headers)])
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThan(0)
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true)
    expect((await call(contractsRoute, { query: { search: body.name } })).body.totalCount).toBe(1)
  })
  test('may be tried again after a refusal', async () => {
    const headers = { 'idempotency-key': 'key-3' }
    const body = { name: 'Again', repositoryPath: '/no/such/folder' }
    expect((await create(body, headers)).status).toBe(404)
    expect((await create(body, headers)).status).toBe(404)
  })
})

test('health is told apart from readiness: without a worker nothing can be done', async () => {
  expect((await call(healthz)).body).toEqual({ ok: true })
  const { status, body } = await call(readyz)
  expect(status).toBe(503)
  expect(body).toMatchObject({ ready: false, database: { ok: true }, worker: { ok: false } })
})

test('operations and the shelf are empty lists at first', async () => {
  expect((await call(operationsRoute)).body).toEqual({ operations: [], totalCount: 0, cursor: null })
  expect((await call(recoverRoute)).body).toMatchObject({ items: [], totals: { items: 0, sizeBytes: 0 } })
})
