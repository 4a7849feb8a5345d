import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '@/db/ids'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import { EVENT_TYPES, type NewEvent, recordEvents } from './history'
import { getDensity, getFacets } from './history-density'
import { listHistory } from './history-list'
import { cutTime } from './history-totals'
import { addContract, testContext } from './test-world'
import { type EventView, PHASES } from './views'

let database: TestDatabase
const ids = { contracts: [newId(), newId()], tasks: [newId(), newId(), newId()], repositories: [newId(), newId()] }
let all: EventView[] = []

// Few moments, so that many events share one and only their ids tell them apart.
const events: NewEvent[] = Array.from({ length: 3_000 }, (_, i) => ({
  eventType: 'import.finished',
  eventData: { importId: newId(), sources: i, messages: 0 },
  contractId: i % 7 ? ids.contracts[i % 2] : null,
  taskId: i % 5 ? ids.tasks[i % 3] : null,
  repositoryId: i % 3 ? ids.repositories[i % 2] : null,
  agent: i % 4 ? 'claude-code' : null,
  phase: i % 6 ? PHASES[i % 5] : null,
  at: new Date(Date.UTC(2026, 0, 1 + Math.floor((i * i) % 97), 0, (i % 13) * 60)),
}))
for (const [i, event] of events.entries()) {
  event.eventType = (i % 11 ? EVENT_TYPES[i % 4] : EVENT_TYPES[9]) as 'import.finished'
}

beforeAll(async () => {
  database = await createTestDatabase()
  await recordEvents(testContext(database.db), events)
  all = (await pages({}, 1_000)).flat()
})
afterAll(() => database.close())

type Filter = Parameters<typeof listHistory>[1]

async function pages(filter: Filter, limit: number): Promise<EventView[][]> {
  const ctx = testContext(database.db)
  const found: EventView[][] = []
  let cursor: string | null = null
  do {
    const page = await listHistory(ctx, { ...filter, limit, cursor })
    found.push(page.entries)
    cursor = page.nextCursor
  } while (cursor)
  return found
}

function expected(filter: Filter): string[] {
  const { contractId, taskId, repositoryId, eventTypes, phases, agents, from, to } = filter
  return all
    .filter(
      (event) =>
        (!contractId || event.contractId === contractId) &&
        (!taskId || event.taskId === taskId) &&
        (!repositoryId || event.repositoryId === repositoryId) &&
        (!eventTypes || eventTypes.includes(event.eventType)) &&
        (!phases || (event.phase && phases.includes(event.phase))) &&
        (!agents || (event.agent && agents.includes(event.agent))) &&
        (!from || event.createdAt >= new Date(from)) &&
        (!to || event.createdAt < new Date(to)),
    )
    .map((event) => event.id)
}

test('pages hold every event once, newest first', () => {
  expect(all).toHaveLength(3_000)
  expect(new Set(all.map((event) => event.id)).size).toBe(3_000)
  const sorted = all.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1))
  expect(all.map((event) => event.id)).toEqual(sorted.map((event) => event.id))
})

describe('every mix of filters gives the events it should and counts them', () => {
  const [contract, task, repository] = [ids.contracts[0], ids.tasks[1], ids.repositories[1]]
  const places: Filter[] = [
    {},
    { contractId: contract },
    { taskId: task },
    { repositoryId: repository },
    { contractId: contract, repositoryId: repository },
    { contractId: contract, taskId: task },
    { taskId: task, repositoryId: repository },
    { contractId: newId() },
  ]
  const mixes: Filter[] = [
    {},
    { eventTypes: [EVENT_TYPES[9] ?? ''] },
    { eventTypes: [EVENT_TYPES[0] ?? '', EVENT_TYPES[1] ?? ''], phases: ['plan'] },
    { phases: ['research', 'review'], agents: ['claude-code'] },
    { eventTypes: [EVENT_TYPES[9] ?? ''], phases: ['execute'], agents: ['claude-code'] },
    { eventTypes: ['no.such'] },
  ]
  const times: Filter[] = [
    {},
    { from: new Date('2026-01-10T05:30:00Z'), to: new Date('2026-03-20T07:00:00Z') },
    { from: '2026-02-01T03:00:00Z', to: '2026-02-01T09:00:00Z' },
    { to: new Date('2026-02-01') },
    { from: new Date('2026-03-01T12:00:00Z') },
  ]
  for (const place of places)
    for (const mix of mixes)
      for (const time of times) {
        const filter = { ...place, ...mix, ...time }
        test(JSON.stringify(filter), async () => {
          const wanted = expected(filter)
          const found = await pages(filter, 83)
          expect(found.flat().map((event) => event.id)).toEqual(wanted)
          const { totalCount } = await listHistory(testContext(database.db), { ...filter, limit: 1 })
          expect(totalCount).toBe(wanted.length)
        })
      }
})

test('going back up from a page leads over the same events', async () => {
  const ctx = testContext(database.db)
  const filter = { phases: ['plan' as const], limit: 50 }
  const first = await listHistory(ctx, filter)
  const second = await listHistory(ctx, { ...filter, cursor: first.nextCursor })
  const third = await listHistory(ctx, { ...filter, cursor: second.nextCursor })
  const back = await listHistory(ctx, { ...filter, cursor: third.previousCursor, direction: 'newer' })
  expect(back.entries.map((event) => event.id)).toEqual(second.entries.map((event) => event.id))
  const top = await listHistory(ctx, { ...filter, cursor: second.previousCursor, direction: 'newer' })
  expect(top.entries.map((event) => event.id)).toEqual(first.entries.map((event) => event.id))
  expect(top.previousCursor).toBeNull()
})

test('a cursor of another list is refused with a sentence', async () => {
  await expect(listHistory(testContext(database.db), { cursor: 'bm9uc2Vuc2U' })).rejects.toThrow(
    'Start again without it',
  )
})

test('density and facets add up to the events', async () => {
  const ctx = testContext(database.db)
  const density = await getDensity(ctx, { contractId: ids.contracts[1], phases: ['plan'] })
  expect(density.days.reduce((sum, day) => sum + day.total, 0)).toBe(
    expected({ contractId: ids.contracts[1], phases: ['plan'] }).length,
  )
  const facets = await getFacets(ctx, {})
  expect(facets.eventTypes.reduce((sum, { n }) => sum + n, 0)).toBe(3_000)
  expect(facets.agents).toEqual(['claude-code'])
})

test('names of contracts and tasks come with their events, and events outlive both', async () => {
  const ctx = testContext(database.db)
  const contractId = await addContract(ctx, { name: 'Named' })
  await recordEvents(ctx, [{ eventType: 'contract.created', eventData: { name: 'x' }, contractId, phase: 'plan' }])
  const [entry] = (await listHistory(ctx, { contractId })).entries
  expect(entry).toMatchObject({ contractName: 'Named', eventData: { name: 'x' }, phase: 'plan', taskName: null })
  await ctx.db.execute(sql`delete from contracts where id = ${contractId}`)
  expect((await listHistory(ctx, { contractId })).entries[0]?.contractName).toBeNull()
})

test('a chosen time is cut into whole months, whole days and the rest', () => {
  const cut = cutTime(Date.parse('2026-01-30T12:00:00Z'), Date.parse('2026-03-02T06:00:00Z'))
  expect(cut.months).toEqual([[Date.UTC(2026, 1, 1), Date.UTC(2026, 2, 1)]])
  expect(cut.days).toEqual([
    [Date.UTC(2026, 0, 31), Date.UTC(2026, 1, 1)],
    [Date.UTC(2026, 2, 1), Date.UTC(2026, 2, 2)],
  ])
  expect(cut.rest).toHaveLength(2)
})
