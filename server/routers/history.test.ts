import { isTrackedEnvelope } from '@trpc/server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '@/db/ids'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { createCaller } from '@/server/root'
import { type NewEvent, recordEvents } from '@/server/services/history'
import { testContext } from '@/server/services/test-world'
import type { EventView } from '@/server/services/views'

let database: TestDatabase
let ctx: Context
beforeAll(async () => {
  database = await createTestDatabase()
  process.env.DATABASE_URL = database.url
  ctx = testContext(database.db)
})
afterAll(() => database.close())

function event(contractId: string, name: string): NewEvent {
  return { eventType: 'task.created', eventData: { name }, contractId }
}

/** Opens the live stream of a contract and gathers what it sends until `enough` events are there. */
async function follow(contractId: string, enough: number, begin: () => Promise<void>, lastEventId?: string) {
  const stop = new AbortController()
  const caller = createCaller(ctx, { signal: stop.signal })
  const stream = await caller.history.onEvent({ contractId, ...(lastEventId ? { lastEventId } : {}) })
  const found: { place: string; name: unknown }[] = []
  const reading = (async () => {
    for await (const sent of stream) {
      if (!isTrackedEnvelope(sent)) throw new Error('an event without an id')
      const [place, view] = sent as unknown as [string, EventView]
      found.push({ place, name: view.eventData.name })
      if (found.length >= enough) break
    }
  })()
  await begin()
  const timer = setTimeout(() => stop.abort(), 8_000)
  await reading
  clearTimeout(timer)
  stop.abort()
  return found
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

test('a live stream gets what is written after it was opened, within a moment, and nothing of other contracts', async () => {
  const contractId = newId()
  await recordEvents(ctx, [event(contractId, 'before')])
  const begun = Date.now()
  const found = await follow(contractId, 2, async () => {
    await pause(200)
    await recordEvents(ctx, [event(newId(), 'elsewhere'), event(contractId, 'one')])
    await recordEvents(ctx, [event(contractId, 'two')])
  })
  expect(found.map(({ name }) => name)).toEqual(['one', 'two'])
  expect(Date.now() - begun).toBeLessThan(4_000)
})

test('an event whose transaction began earlier but ended later is neither lost nor sent twice', async () => {
  const contractId = newId()
  const found = await follow(contractId, 3, async () => {
    await pause(200)
    let finish = () => {}
    const slow = ctx.db.transaction(async (tx) => {
      await recordEvents({ ...ctx, db: tx }, [
        { ...event(contractId, 'slow'), eventType: 'task.completed', eventData: { name: 'slow' } },
      ])
      await new Promise<void>((resolve) => {
        finish = resolve
      })
    })
    await pause(100)
    await recordEvents(ctx, [event(contractId, 'fast')])
    await pause(300)
    finish()
    await slow
    await recordEvents(ctx, [event(contractId, 'after')])
  })
  expect(found[0]?.name).toBe('fast')
  expect(found.map(({ name }) => name).sort()).toEqual(['after', 'fast', 'slow'])
  expect(new Set(found.map(({ place }) => place)).size).toBe(3)
})

test('a browser that comes back gets exactly what it missed', async () => {
  const contractId = newId()
  const first = await follow(contractId, 1, async () => {
    await pause(200)
    await recordEvents(ctx, [event(contractId, 'seen')])
  })
  const missed = Array.from({ length: 450 }, (_, i) => event(contractId, `missed ${i}`))
  await recordEvents(ctx, missed)
  const found = await follow(contractId, 450, async () => {}, first[0]?.place)
  expect(new Set(found.map(({ name }) => name))).toEqual(
    new Set(missed.map(({ eventData }) => (eventData as { name: string }).name)),
  )
})

test('the stream ends when its reader goes away', async () => {
  const stop = new AbortController()
  const stream = await createCaller(ctx, { signal: stop.signal }).history.onEvent({})
  setTimeout(() => stop.abort(), 200)
  for await (const _ of stream) expect.unreachable()
})

test('an event id that no stream has given out is refused with a sentence', async () => {
  const stream = await createCaller(ctx).history.onEvent({ lastEventId: 'x' })
  await expect(stream[Symbol.asyncIterator]().next()).rejects.toThrow('was not given out by a feed')
})

test('errors of procedures have a code, and what is unknown is not quoted', async () => {
  await expect(createCaller(ctx).tasks.get({ id: newId() })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(createCaller(ctx).tasks.get({ id: 'x' })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  const broken = { ...ctx, db: 'secret path /home/x' } as unknown as Context
  await expect(createCaller(broken).tasks.get({ id: newId() })).rejects.toMatchObject({
    code: 'INTERNAL_SERVER_ERROR',
    message: expect.not.stringContaining('secret'),
  })
})
