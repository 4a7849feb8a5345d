import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyInto } from './copy'
import { createTestDatabase } from './test-database'

let database: Awaited<ReturnType<typeof createTestDatabase>>
beforeAll(async () => {
  database = await createTestDatabase()
  await database.db.execute(
    sql`create table copied (i int, b bigint, t text, r bytea, u uuid, f boolean, d double precision, m timestamptz)`,
  )
})
afterAll(() => database.close())

test('a copied row comes back equal, also NULL, long text and bytes', async () => {
  const long = 'line\n\t\\. é 漢 🚀'.repeat(400_000)
  await database.db.transaction(async (tx) => {
    await copyInto(tx, 'copied', ['i', 'b', 't', 'r', 'u', 'f', 'd', 'm'], async (rows) => {
      rows.row(8)
      rows.int(-7)
      rows.bigint(2 ** 52)
      rows.text(long)
      rows.bytes(Buffer.from([0, 255, 10]))
      rows.uuid('01890000-0000-7000-8000-00000000abcd')
      rows.boolean(true)
      rows.double(0.25)
      rows.moment(Date.UTC(2026, 1, 3, 4, 5, 6, 789))
      rows.row(8)
      for (const write of [
        () => rows.int(null),
        () => rows.bigint(null),
        () => rows.text(null),
        () => rows.bytes(null),
      ])
        write()
      for (const write of [
        () => rows.uuid(null),
        () => rows.boolean(null),
        () => rows.double(null),
        () => rows.moment(null),
      ])
        write()
    })
  })
  const found =
    await database.sql`select *, extract(epoch from m) * 1000 as ms, encode(r, 'hex') as hex from copied order by i nulls last`
  expect(found[0]).toMatchObject({
    i: -7,
    t: long,
    hex: '00ff0a',
    u: '01890000-0000-7000-8000-00000000abcd',
    f: true,
    d: 0.25,
  })
  expect(Number(found[0]?.b)).toBe(2 ** 52)
  expect(Number(found[0]?.ms)).toBe(Date.UTC(2026, 1, 3, 4, 5, 6, 789))
  expect(found[1]).toMatchObject({ i: null, b: null, t: null, r: null, u: null, f: null, d: null, m: null })
})

test('a copy that fails leaves nothing and the connection usable', async () => {
  const before = await database.sql`select count(*)::int as n from copied`
  await expect(
    database.db.transaction((tx) =>
      copyInto(tx, 'copied', ['i'], async (rows) => {
        rows.row(1)
        rows.int(1)
        throw new Error('the file went away')
      }),
    ),
  ).rejects.toThrow('the file went away')
  expect(await database.sql`select count(*)::int as n from copied`).toEqual(before)
})

test('a copy whose last row the server refuses ends in its error, and the connection is usable', async () => {
  await database.sql`create table chosen (i int check (i < 1000))`
  const copying = database.db.transaction((tx) =>
    copyInto(tx, 'chosen', ['i'], async (rows) => {
      for (let i = 0; i <= 1000; i++) {
        rows.row(1)
        rows.int(i)
        await rows.flush()
      }
    }),
  )
  await expect(copying).rejects.toMatchObject({ code: '23514' })
  const copied = database.db.transaction((tx) =>
    copyInto(tx, 'chosen', ['i'], async (rows) => {
      rows.row(1)
      rows.int(7)
    }),
  )
  expect(await copied).toBe(1)
  expect(await database.sql`select i from chosen`).toEqual([{ i: 7 }])
})

test('a copy whose connection is lost ends in an error instead of waiting forever', async () => {
  const copying = database.db.transaction((tx) =>
    copyInto(tx, 'copied', ['t'], async (rows) => {
      for (let row = 0; row < 2_000; row++) {
        rows.row(1)
        rows.text('x'.repeat(100_000))
        await rows.flush()
        if (row === 5) {
          await database.sql`select pg_terminate_backend(pid) from pg_stat_activity where query like 'copy copied%' and pid <> pg_backend_pid()`
        }
      }
    }),
  )
  await expect(copying).rejects.toThrow()
  expect(await database.sql`select count(*)::int as n from copied where length(t) = 100000`).toEqual([{ n: 0 }])
})
