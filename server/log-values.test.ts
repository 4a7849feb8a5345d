import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { newId } from '@/db/ids'
import { contracts } from '@/db/schema'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import { AppError } from './errors'
import { createLogger } from './log'
import { describeLoggable } from './loggable-error'

const CANARY = 'canary7Qx2'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.close())

const failureOf = (work: () => unknown): Promise<unknown> =>
  Promise.resolve()
    .then(work)
    .then(
      () => new Error('it did not fail'),
      (error: unknown) => error,
    )

/** Statements that fail in each place where PostgreSQL and what asks it quote values. */
const QUERIES: Record<string, (to: TestDatabase) => unknown> = {
  'a value of a query': ({ db }) =>
    db
      .insert(contracts)
      .values({ id: newId(), ownerId: newId(), name: 'a\u0000', goal: CANARY, lastActivityAt: new Date() }),
  'the message, for a value that is none of its type': ({ db }) => db.execute(sql`select ${CANARY}::text::uuid`),
  'the detail, for a row that is there': async ({ sql: plain }) => {
    await plain.unsafe('create table if not exists words (word text primary key, n int check (n > 0))')
    await plain`insert into words values (${CANARY}, 1) on conflict do nothing`
    await plain`insert into words values (${CANARY}, 1)`
  },
  'the detail, for a row that breaks a rule': ({ sql: plain }) => plain`insert into words values (${`${CANARY}2`}, -1)`,
  'the statement itself': ({ sql: plain }) => plain.unsafe(`select '${CANARY}'::int`),
  'the context of a copy': async ({ raw }) => {
    const copy = await raw`copy words from stdin`.writable()
    await new Promise((resolve, reject) => copy.on('error', reject).on('finish', resolve).end(`x\t${CANARY}\n`))
  },
  'a raise in a function': ({ sql: plain }) =>
    plain.unsafe(
      `do $$ begin raise exception 'm %', '${CANARY}' using detail = '${CANARY}', hint = '${CANARY}'; end $$`,
    ),
}

const OTHERS: Record<string, () => unknown> = {
  'input that was refused': () =>
    z
      .object({ [CANARY]: z.literal(1) })
      .strict()
      .parse({ [`${CANARY}2`]: CANARY }),
  'a body that is no JSON': () => JSON.parse(`${CANARY} is not JSON`) as unknown,
  'an address that is none': () => new URL(`//${CANARY}`),
}

function logged(error: unknown): string {
  const lines: string[] = []
  const logger = createLogger({ write: (line) => void lines.push(line) })
  logger.level = 'debug'
  logger.error({ err: error }, 'it failed')
  logger.warn({ err: new AppError('invalid', 'A sentence.', { cause: error }) }, 'it failed')
  logger.warn(
    { err: new Error(`wrapped: ${error instanceof Error ? error.message : ''}`, { cause: error }) },
    'it failed',
  )
  logger.warn({ error: new AggregateError([error], 'several') }, 'it failed')
  return `${lines.join('')}${describeLoggable(error)}`
}

test.each(Object.entries(QUERIES))('no value is in a line about %s', async (_, work) => {
  const error = await failureOf(() => work(database))
  // The values are in the error, or this would show nothing.
  expect(everythingOf(error)).toContain(CANARY)
  const text = logged(error)
  expect(text).not.toContain(CANARY)
  // It still says what failed.
  expect(text).toMatch(/"code":"[\dA-Z]{5}"/)
})

test.each(Object.entries(OTHERS))('nor about %s', async (_, work) => {
  const error = await failureOf(work)
  expect(everythingOf(error)).toContain(CANARY)
  expect(logged(error)).not.toContain(CANARY)
})

test('a line still says where a fault of our own came from, and which statement failed', async () => {
  const error = await failureOf(() => database.db.execute(sql`select ${CANARY}::text::uuid`))
  expect(logged(error)).toContain('$1::text::uuid')
  expect(logged(new TypeError('x is not a function'))).toMatch(/TypeError.*x is not a function.*log-values\.test/s)
})

test('what a process writes by itself holds none either: its log, its console and its last words', () => {
  const program = `
    import { reportError } from './server/public-error'
    import { guardConsole } from './server/log'
    import { connect } from './db/client'
    import { sql } from 'drizzle-orm'
    const { db, close } = connect(${JSON.stringify(database.url)}, { max: 1 })
    const error = await db.execute(sql\`select \${'${CANARY}'}::text::uuid\`).catch((e) => e)
    reportError(error)
    guardConsole()
    console.error(' x ', error)
    console.warn(String(error) + '\\n' + error.stack)
    await close()`
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    encoding: 'utf8',
    env: { ...process.env, MAKIMA_LOG: 'debug' },
  })
  expect(stderr).toContain('a request failed')
  expect(stderr.match(/Failed query|a query failed/g)?.length).toBeGreaterThan(2)
  expect(stdout + stderr).not.toContain(CANARY)
})

test('the log of the built-in PostgreSQL holds none', async () => {
  for (const work of Object.values(QUERIES)) await failureOf(() => work(database))
  const [row] = await database.sql<{ dir: string }[]>`select current_setting('data_directory') as dir`
  const log = readFileSync(join(row?.dir ?? '', 'server.log'), 'utf8')
  expect(log).toContain('ready to accept connections')
  expect(log).not.toContain(CANARY)
})

/** Also what an error does not list. */
function everythingOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const fields = Object.getOwnPropertyNames(error).map((name) =>
    String((error as unknown as Record<string, unknown>)[name]),
  )
  return [...fields, error.cause ? everythingOf(error.cause) : ''].join('\n')
}
