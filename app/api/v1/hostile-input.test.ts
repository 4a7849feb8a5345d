import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Hostile, randomOf } from '@/app/api/test-hostile'
import { operations } from '@/db/schema'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { addContract, addSegment, addTask } from '@/server/services/test-world'
import { toPath } from './document'
import * as itself from './openapi.json/route'
import { ROUTES } from './routes'
import * as contractsRoute from './contracts/route'
import { call, personHeaders, openTestApi } from './test-call'
import { holdToDescription } from './test-description'
import { type HostileRequest, makeRequest, resolveSchema } from './test-hostile-requests'

// MAKIMA_HOSTILE_REQUESTS=100000 MAKIMA_HOSTILE_SEED=7 npx vitest run app/api/v1/hostile-input.test.ts
const REQUESTS = Number(process.env.MAKIMA_HOSTILE_REQUESTS ?? 5_000)
const SEED = Number(process.env.MAKIMA_HOSTILE_SEED ?? Math.floor(Math.random() * 2 ** 32))
const AT_ONCE = 8
const MOST_IDS = 60

type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>
const files = new Map(
  Object.entries({ ...ROUTES, 'openapi.json': itself }).map(([file, served]) => [toPath(file), served]),
)

let database: TestDatabase
let ids: string[]
let refusing: NodeJS.Timeout
beforeAll(async () => {
  database = await createTestDatabase()
  const ctx = openTestApi(database.url)
  ids = await fill(ctx)
  refusing = setInterval(() => void refuseQueued(ctx), 20)
})
afterAll(async () => {
  clearInterval(refusing)
  await database.close()
})

async function fill(ctx: Context): Promise<string[]> {
  const contractId = await addContract(ctx, { name: 'Attacked' })
  const taskId = await addTask(ctx, contractId)
  const rows = Array.from({ length: 5 }, (_, i) => ({ text: `said ${i}`, at: new Date(Date.UTC(2026, 0, 1, i)) }))
  const segmentId = await addSegment(ctx, taskId, rows)
  const { body } = await call(contractsRoute, {
    method: 'POST',
    body: { name: 'Its folder', repositoryPath: ctx.env.home },
  })
  return [contractId, taskId, segmentId, body.contractId, body.taskId].filter((id) => typeof id === 'string')
}

/** No worker is started here, for which changes would wait. */
async function refuseQueued(ctx: Context): Promise<void> {
  await ctx.db
    .update(operations)
    .set({ state: 'failed', errorCode: 'conflict', error: 'Not done in this test.' })
    .where(eq(operations.state, 'queued'))
}

async function send({ method, path, params, query, headers, body }: HostileRequest): Promise<number> {
  const served = files.get(path) as Record<string, Handler>
  const leave = new AbortController()
  const request = new Request(
    `http://127.0.0.1:4700/api/v1${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encode(params[name]))}?${query}`,
    {
      method,
      headers: { ...personHeaders(), ...headers },
      signal: leave.signal,
      ...(body === undefined || method === 'GET' ? {} : { body }),
    },
  )
  const response = await served[method]!(request, { params: Promise.resolve(params) })
  const type = response.headers.get('content-type') ?? ''
  if (!type.includes('json')) {
    if (type.includes('event-stream')) leave.abort()
    await response.arrayBuffer()
    holdToDescription(served, method, response, null)
    return response.status
  }
  const written = await response.text()
  // What was made is asked for afterwards.
  for (const id of written.match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g)?.slice(0, 5) ?? []) {
    if (!ids.includes(id)) ids[ids.length < MOST_IDS ? ids.length : Math.floor(Math.random() * MOST_IDS)] = id
  }
  const answer = JSON.parse(written) as { code?: string }
  holdToDescription(served, method, response, answer)
  if (!response.ok && !isNotReady(path, response.status))
    expect([type, answer.code]).toEqual(['application/problem+json', expect.any(String)])
  return response.status
}

test(`whatever is sent to the API is answered, and nothing of it is a fault of the server`, {
  timeout: 3_600_000,
}, async () => {
  console.info(`${REQUESTS} requests of seed ${SEED}`)
  const hostile = new Hostile(randomOf(SEED), ids, resolveSchema)
  const counts = new Map<number, number>()
  const faults: string[] = []
  let left = REQUESTS
  const work = async () => {
    for (; left > 0 && faults.length < 20; ) {
      left -= 1
      const request = makeRequest(hostile)
      const status = await send(request).catch((error: unknown) => {
        faults.push(`${String(error)} ${describe(request)}`)
        return 0
      })
      if (status >= 500 && !isNotReady(request.path, status)) faults.push(`${status} ${describe(request)}`)
      counts.set(status, (counts.get(status) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  console.info(
    [...counts]
      .toSorted(([a], [b]) => a - b)
      .map(([status, count]) => `${status}: ${count}`)
      .join(', '),
  )
  expect(faults).toEqual([])
  // It reached what lies behind the checks, and that still works.
  expect(counts.get(200)).toBeGreaterThan(REQUESTS / 50)
  expect((await call(contractsRoute)).status).toBe(200)
})

/** Here no worker is started, which is what that address is for. */
const isNotReady = (path: string, status: number) => path === '/readyz' && status === 503

/** As no browser would, but a program may. */
const encode = (text = '') => encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\ufffd'))

const describe = ({ method, path, params, query, headers, body }: HostileRequest) =>
  JSON.stringify({
    method,
    path,
    params,
    query: String(query).slice(0, 300),
    headers,
    body: body?.slice(0, 500),
  }).slice(0, 1_500)
