import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '@/db/ids'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import { ensureHistoryMonths, type NewEvent, recordEvents } from './history'
import { testContext } from './test-world'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.close())

const context = () => testContext(database.db)

test('counts of twenty thousand events equal the rows, by day and by month', async () => {
  const contractId = newId()
  const events: NewEvent[] = Array.from({ length: 20_000 }, (_, i) => ({
    eventType: 'message.received',
    eventData: { messageId: newId(), text: `prompt ${i}` },
    contractId,
    taskId: newId().slice(0, 8) + contractId.slice(8),
    phase: i % 2 ? 'plan' : 'execute',
    at: new Date(Date.UTC(2026, i % 3, 1 + (i % 28), i % 24)),
  }))
  await ensureHistoryMonths(database.db, new Date('2026-01-01'), new Date('2026-04-01'))
  await recordEvents(context(), events)
  const [row] = await database.sql`
    select (select count(*)::int from history_events where contract_id = ${contractId}) as rows,
      (select sum(n)::int from history_counts where scope = 'contract' and scope_id = ${contractId}) as days,
      (select sum(n)::int from history_counts where scope = 'contract_month' and scope_id = ${contractId}) as months`
  expect(row).toEqual({ rows: 20_000, days: 20_000, months: 20_000 })
})

test('takes texts that PostgreSQL refuses and times that cannot be', async () => {
  const contractId = newId()
  const data = { messageId: newId(), text: 'nul \u0000 half \ud83d whole \u{1f600}' }
  await recordEvents(context(), [
    { eventType: 'message.received', eventData: data, contractId, at: new Date(0) },
    { eventType: 'message.received', eventData: data, contractId, at: new Date('2999-01-01') },
    { eventType: 'message.received', eventData: data, contractId, at: new Date(Number.NaN) },
  ])
  const rows = await database.sql`
    select event_data->>'text' as text, extract(year from created_at)::int as year
    from history_events where contract_id = ${contractId} order by created_at`
  expect(rows[0]).toEqual({ text: 'nul  half \ufffd whole \u{1f600}', year: 2015 })
  expect(rows[2]?.year).toBeLessThan(2990)
})

test('an event that is rolled back leaves no count behind', async () => {
  const contractId = newId()
  const failed = database.db.transaction(async (tx) => {
    await recordEvents({ ...context(), db: tx }, [
      { eventType: 'contract.created', eventData: { name: 'gone' }, contractId },
    ])
    throw new Error('rolled back')
  })
  await expect(failed).rejects.toThrow('rolled back')
  const rows = await database.db.execute(sql`select 1 from history_counts where scope_id = ${contractId}`)
  expect(rows).toHaveLength(0)
})
