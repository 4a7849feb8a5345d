import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq, isNotNull, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contracts, tasks } from '@/db/schema'
import { messages } from '@/db/talk-tables'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { priceAnew } from './price-anew'
import { createTestContext, importPath } from './test-import'

let database: TestDatabase
let ctx: Context
beforeAll(async () => {
  database = await createTestDatabase()
  ctx = await createTestContext(database)
})
afterAll(() => database.close())

const SESSION = '6b1f8a52-1c3e-4a58-8f0e-2f4a4d1b0000'

function transcript(models: string[]): string {
  let parentUuid: string | null = null
  const lines = [{ role: 'user', content: 'Weigh the apples.' }, ...models].map((each, n) => {
    const uuid = `6b1f8a52-1c3e-4a58-8f0e-2f4a4d1b00${n + 10}`
    const message =
      typeof each === 'string'
        ? {
            id: `msg_${n}`,
            role: 'assistant',
            model: each,
            content: [{ type: 'text', text: 'Done.' }],
            usage: { input_tokens: 1_000, output_tokens: 100 },
          }
        : each
    const line = {
      type: typeof each === 'string' ? 'assistant' : 'user',
      uuid,
      parentUuid,
      sessionId: SESSION,
      cwd: '/nowhere',
      timestamp: new Date(Date.UTC(2026, 8, 1, 10, n)).toISOString(),
      message,
    }
    parentUuid = uuid
    return JSON.stringify(line)
  })
  return `${lines.join('\n')}\n`
}

const costs = async () => {
  const found = await ctx.db
    .select({ model: messages.model, cost: messages.costUsd })
    .from(messages)
    .where(isNotNull(messages.model))
    .orderBy(messages.seq)
  return found.map(({ model, cost }) => [model, cost === null ? null : Number(cost.toFixed(6))])
}

test('what had no price gets one with the next release of the prices, once, and totals follow', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'makima-prices-'))
  writeFileSync(join(folder, `${SESSION}.jsonl`), transcript(['claude-opus-4-8', 'claude-opus-4-5', 'nobody-1']))
  await importPath(ctx, folder)
  const priced = [
    ['claude-opus-4-8', 0.0075],
    ['claude-opus-4-5', 0.0075],
    ['nobody-1', null],
  ]
  expect(await costs()).toEqual(priced)
  // As an older release left it, which knew one of them.
  await ctx.db.update(messages).set({ costUsd: null }).where(eq(messages.model, 'claude-opus-4-8'))
  await ctx.db.update(messages).set({ costUsd: 0.5 }).where(eq(messages.model, 'claude-opus-4-5'))
  const { signal } = new AbortController()

  expect(await priceAnew(ctx, signal)).toBe(1)
  expect(await costs()).toEqual([priced[0], ['claude-opus-4-5', 0.5], priced[2]])
  const [task] = await ctx.db.select().from(tasks)
  const [contract] = await ctx.db.select().from(contracts)
  expect([task?.costUsd, contract?.costUsd]).toEqual([0.5075, 0.5075])

  await ctx.db.execute(sql`update messages set cost_usd = null`)
  expect(await priceAnew(ctx, signal)).toBe(0)
})
