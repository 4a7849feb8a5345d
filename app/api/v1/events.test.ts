// The stream of events, read as a browser reads it: broken off and gone on with, nothing is missed and nothing told twice.
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as eventsRoute from '@/app/api/v1/events/route'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { recordEvents } from '@/server/services/history'
import { addContract } from '@/server/services/test-world'
import { personHeaders, call, openTestApi } from './test-call'

let database: TestDatabase
let ctx: Context
let contractId: string
beforeAll(async () => {
  database = await createTestDatabase()
  ctx = openTestApi(database.url)
  contractId = await addContract(ctx)
})
afterAll(() => database.close())

const GET = eventsRoute.GET as (request: Request, context: { params: Promise<object> }) => Promise<Response>

/** Opens the stream; `take` reads so many events, `close` goes away. */
async function open(lastEventId?: string, query = '') {
  const gone = new AbortController()
  const headers = new Headers({
    ...personHeaders(),
    ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
  })
  const request = new Request(`http://127.0.0.1:4700/api/v1/events${query}`, { headers, signal: gone.signal })
  const response = await GET(request, { params: Promise.resolve({}) })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  let lastId = ''
  const take = async (count: number) => {
    const events: { what: string; contractId: string }[] = []
    while (events.length < count) {
      const end = text.indexOf('\n\n')
      if (end < 0) {
        const { value, done } = (await reader?.read()) ?? { value: undefined, done: true }
        if (done) throw new Error('the stream ended')
        text += value
        continue
      }
      const lines = text.slice(0, end).split('\n')
      text = text.slice(end + 2)
      const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
      lastId = field('id') ?? lastId
      if (field('event') !== undefined || field('data') === undefined) {
        if (count === Infinity) return events
        continue
      }
      const event = JSON.parse(field('data') ?? '') as { contractId: string; eventData: { reason: string } }
      events.push({ what: event.eventData.reason, contractId: event.contractId })
    }
    return events
  }
  const close = async () => {
    gone.abort()
    await reader?.cancel()
  }
  return { response, take, close, lastId: () => lastId }
}

const write = (what: string, of = contractId) =>
  recordEvents(ctx, [{ eventType: 'checkpoint.failed', contractId: of, eventData: { reason: what } }])

test('what happens is told as it happens, and after a break from where it was left', async () => {
  const first = await open()
  expect(first.response.headers.get('content-type')).toBe('text/event-stream')
  await write('one')
  await write('two')
  expect((await first.take(1)).map(({ what }) => what)).toEqual(['one'])
  const seen = first.lastId()
  await first.close()
  await write('three')
  const second = await open(seen)
  await write('four')
  expect((await second.take(3)).map(({ what }) => what)).toEqual(['two', 'three', 'four'])
  await second.close()
})

test('who breaks off before the first event misses none', async () => {
  const first = await open()
  await first.take(Infinity)
  const seen = first.lastId()
  expect(seen).not.toBe('')
  await first.close()
  await write('meanwhile')
  const second = await open(seen)
  expect((await second.take(1)).map(({ what }) => what)).toEqual(['meanwhile'])
  await second.close()
})

test('broken off again and again while others write, each event comes once', async () => {
  const names = Array.from({ length: 60 }, (_, n) => `n${n}`)
  let stream = await open()
  await stream.take(Infinity)
  const writing = Promise.all(names.map((name) => write(name)))
  const heard: string[] = []
  while (heard.length < names.length) {
    heard.push(...(await stream.take(Math.min(7, names.length - heard.length))).map(({ what }) => what))
    const seen = stream.lastId()
    await stream.close()
    stream = await open(seen)
  }
  await writing
  await stream.close()
  expect(heard.toSorted()).toEqual(names.toSorted())
})

test('a stream of one contract tells of that only; an id that no stream gave is refused', async () => {
  const other = await addContract(ctx)
  const stream = await open(undefined, `?contractId=${other}`)
  await write('not this')
  await write('this', other)
  expect(await stream.take(1)).toEqual([{ what: 'this', contractId: other }])
  await stream.close()
  const refused = await call(eventsRoute, { headers: { 'last-event-id': 'nonsense' } })
  expect(refused).toMatchObject({ status: 400, body: { code: 'invalid' } })
})
