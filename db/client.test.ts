import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase } from './test-database'

let database: Awaited<ReturnType<typeof createTestDatabase>>
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.close())

test('a query on a held connection that the server has closed ends in an error, and the process goes on', async () => {
  const held = await database.raw.reserve()
  const [self] = await held`select pg_backend_pid() as pid`
  await database.sql`select pg_terminate_backend(${self?.pid as number}, 5000)`
  await expect.poll(() => held`select 1`.then(() => 'answered', String)).toMatch(/CONNECTION_CLOSED|terminat/)
  // The small query is written a moment later, when no socket is left.
  await expect(held`select 1`).rejects.toThrow()
  expect(await database.raw`select 1 as one`).toEqual([{ one: 1 }])
})

test('a lost connection takes nothing of what it had not written into the next one', async () => {
  const [self] = await database.sql`select pg_backend_pid() as pid`
  for (let round = 0; round < 5; round++) {
    await database.raw`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and pid <> ${self?.pid as number}`
    const answers = await Promise.allSettled([1, 2, 3].map((n) => database.db.execute(`select ${n} as n`)))
    expect(answers).toHaveLength(3)
  }
  expect(await database.db.execute('select 7 as n')).toEqual([{ n: 7 }])
})
