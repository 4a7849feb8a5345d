import superjson from 'superjson'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { Hostile, randomOf } from '@/app/api/test-hostile'
import { GET, POST } from '@/app/api/trpc/[trpc]/route'
import { openTestApi, personHeaders } from '@/app/api/v1/test-call'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import { appRouter } from '@/server/root'
import { addContract, addSegment, addTask } from '@/server/services/test-world'

// MAKIMA_HOSTILE_CALLS=20000 MAKIMA_HOSTILE_SEED=7 npx vitest run app/api/trpc/hostile-input.test.ts
const CALLS = Number(process.env.MAKIMA_HOSTILE_CALLS ?? 1_000)
const SEED = Number(process.env.MAKIMA_HOSTILE_SEED ?? Math.floor(Math.random() * 2 ** 32))

type Procedure = { _def: { type: 'query' | 'mutation' | 'subscription'; inputs: z.ZodType[] } }
const PROCEDURES = Object.entries(appRouter._def.procedures as unknown as Record<string, Procedure>)

let database: TestDatabase
let ids: string[]
beforeAll(async () => {
  database = await createTestDatabase()
  const ctx = openTestApi(database.url)
  const contractId = await addContract(ctx)
  const taskId = await addTask(ctx, contractId)
  ids = [contractId, taskId, await addSegment(ctx, taskId, [{ text: 'one' }, { text: 'two' }])]
})
afterAll(() => database.close())

/** What superjson can bring that JSON cannot. */
// biome-ignore format: a table
const BROUGHT = [
  new Date(8.64e15), new Date(-8.64e15), new Date(Number.NaN), 10n ** 30n, Number.NaN, Infinity, -0, undefined, new Set(['a\u0000']), new Map([['a\u0000', 1]]), /x/, new URL('http://x/'), new Error('x'),
]

/** Texts that superjson does not write. */
// biome-ignore format: a table
const UNREADABLE = [
  '', '{', 'null', '[]', '{"json":', '{"json":{},"meta":{"values":{"a":["regexp"]}}}', '{"json":{"a":"x"},"meta":{"values":{"a":["bigint"]}}}', '{"json":{"a":1},"meta":{"values":{"a":["class","x"]}}}',
  '{"json":{"__proto__":{"x":1}},"meta":{"values":{"__proto__.x":["Date"]}}}', '{"json":{"a":{}},"meta":{"referentialEqualities":{"a":["a.a"]}}}', `{"json":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, '{"json":{"a\\u0000":1}}',
]

function makeInput(hostile: Hostile, { _def }: Procedure): string {
  if (hostile.chance(0.06)) return hostile.pick(UNREADABLE)
  const [input] = _def.inputs
  const value = input
    ? hostile.like(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as object)
    : hostile.odd()
  if (typeof value === 'object' && value !== null && hostile.chance(0.3)) {
    const names = Object.keys(value)
    if (names.length > 0) Object.assign(value, { [hostile.pick(names)]: hostile.pick([...BROUGHT, hostile.cursor()]) })
  }
  return write(value)
}

function write(value: unknown): string {
  try {
    return superjson.stringify(value)
  } catch {
    // It does not write everything that can be sent.
    return UNREADABLE[8] ?? ''
  }
}

async function send(name: string, isChange: boolean, input: string): Promise<{ status: number; written: string }> {
  const leave = new AbortController()
  const url = `http://127.0.0.1:4700/api/trpc/${name}`
  const headers = { ...personHeaders(), 'content-type': 'application/json' }
  const query = encodeURIComponent(input.replaceAll(/\p{Surrogate}/gu, '\ufffd'))
  const response = isChange
    ? await POST(new Request(url, { method: 'POST', headers, body: input, signal: leave.signal }))
    : await GET(new Request(`${url}?input=${query}`, { headers, signal: leave.signal }))
  if (!response.headers.get('content-type')?.includes('event-stream'))
    return { status: response.status, written: await response.text() }
  leave.abort()
  await response.body?.cancel()
  return { status: response.status, written: '' }
}

test('whatever is sent to a procedure is answered, and nothing of it is a fault of the server', {
  timeout: 3_600_000,
}, async () => {
  console.info(`${CALLS} calls of seed ${SEED}`)
  const hostile = new Hostile(randomOf(SEED), ids)
  const counts = new Map<number, number>()
  const faults: string[] = []
  for (let left = CALLS; left > 0 && faults.length < 20; left -= 1) {
    const [name, procedure] = hostile.pick(PROCEDURES)
    const input = makeInput(hostile, procedure)
    const { status, written } = await send(name, procedure._def.type === 'mutation', input)
    counts.set(status, (counts.get(status) ?? 0) + 1)
    if (status >= 500 || written.includes('INTERNAL_SERVER_ERROR'))
      faults.push(`${status} ${name} ${input.slice(0, 500)}`)
  }
  console.info([...counts].map(([status, count]) => `${status}: ${count}`).join(', '))
  expect(faults).toEqual([])
  expect(counts.get(200)).toBeGreaterThan(CALLS / 50)
  expect(await send('contracts.list', false, '{"json":{}}')).toMatchObject({ status: 200 })
})
