// Kept answers against a real database that others write to meanwhile: an old one must never be given.
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, type Connection } from '@/db/client'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import { type Context, createContext } from '@/server/context'
import { readEnv } from '@/server/env'
import { lastingAnswer, type Lasting } from './lasting-answers'

let database: TestDatabase
let other: Connection
beforeAll(async () => {
  database = await createTestDatabase()
  other = connect(database.url)
  await other.sql`create table kept_test (n int not null)`
})
afterAll(async () => {
  await other.close()
  await database.close()
})

/** A place of its own for answers, and a question about the table with the number of times that it was looked into. */
function ask() {
  let now = Date.parse('2026-06-01T00:00:00Z')
  const env = readEnv({ ...process.env, MAKIMA_HOME: '/nowhere', DATABASE_URL: database.url })
  const ctx: Context = { ...createContext(database.db, env, 'rest'), now: () => new Date(now) }
  const looked = { times: 0 }
  const read = async () => {
    looked.times++
    const [row] = await ctx.db.execute<{ n: number }>(sql`select count(*)::int as n from kept_test`)
    return { n: row?.n }
  }
  const answer = async (lasting: Lasting = 'until-written', make: () => Promise<unknown> = read) =>
    JSON.parse(new TextDecoder().decode(await lastingAnswer(ctx, 'how many', lasting, make)))
  return { answer, read, looked, pass: (ms: number) => void (now += ms) }
}

const write = () => other.sql`insert into kept_test values (1)`
const count = async () => (await other.sql<{ n: number }[]>`select count(*)::int as n from kept_test`)[0]?.n ?? 0

test('nothing is looked up again until something is written', async () => {
  const { answer, looked, pass } = ask()
  const before = await count()
  expect(await answer()).toEqual({ n: before })
  pass(3_600_000)
  expect(await answer()).toEqual({ n: before })
  expect(looked.times).toBe(1)
  await write()
  expect(await answer()).toEqual({ n: before + 1 })
  expect(looked.times).toBe(2)
})

test('a transaction shows when it ends, however long ago it wrote', async () => {
  const { answer } = ask()
  const before = await count()
  const long = await other.raw.reserve()
  await long`begin`
  await long`insert into kept_test values (1)`
  expect(await answer()).toEqual({ n: before })
  await write()
  expect(await answer()).toEqual({ n: before + 1 })
  await long`commit`
  long.release()
  expect(await answer()).toEqual({ n: before + 2 })
})

test('what was written while an answer was made is in the next one', async () => {
  const { answer, read, looked } = ask()
  const before = await count()
  const slow = async () => {
    const first = await read()
    await write()
    return first
  }
  expect(await answer('until-written', slow)).toEqual({ n: before })
  expect(await answer()).toEqual({ n: before + 1 })
  expect(looked.times).toBe(2)
})

test('many who ask at once are answered by one look, and a failure is not kept', async () => {
  const { answer, looked } = ask()
  const before = await count()
  const failing = () => Promise.reject(new Error('the disk is gone'))
  await expect(answer('until-written', failing)).rejects.toThrow('the disk is gone')
  const all = await Promise.all(Array.from({ length: 20 }, () => answer()))
  expect(all).toEqual(Array.from({ length: 20 }, () => ({ n: before })))
  expect(looked.times).toBeLessThan(20)
  const { times } = looked
  await answer()
  expect(looked.times).toBe(times)
})

test('an answer about folders lasts a second', async () => {
  const { answer, looked, pass } = ask()
  await answer('a-moment')
  pass(900)
  await answer('a-moment')
  expect(looked.times).toBe(1)
  pass(200)
  await answer('a-moment')
  expect(looked.times).toBe(2)
})

test('whoever has written sees it, with many who write and ask at once', async () => {
  const { answer } = ask()
  const early: string[] = []
  await Promise.all(
    Array.from({ length: 8 }, async (_, who) => {
      for (let turn = 0; turn < 25; turn++) {
        if (who % 2 === 0) await write()
        const least = await count()
        const { n } = await answer()
        if (n < least) early.push(`${n} where ${least} were written`)
      }
    }),
  )
  expect(early).toEqual([])
})
