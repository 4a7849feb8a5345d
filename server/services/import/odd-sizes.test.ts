// A record that is too large costs itself: what stands before and after it is read, and all bytes are kept.
import { createHash } from 'node:crypto'
import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { messages } from '@/db/talk-tables'
import { type TestDatabase, createTestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { createTestContext, hashSource, importPath } from './test-import'

let database: TestDatabase
let ctx: Context
beforeEach(async () => {
  database = await createTestDatabase()
  ctx = await createTestContext(database)
})
afterEach(() => database.close())

const fixture = (name: string) => readFileSync(join('server/transcripts/fixtures', name), 'utf8')
const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

/** A file with the texts and, for each `null`, a string of so many megabytes in quotes. */
function writeLarge(name: string, parts: (string | null)[], megabytes: number): string {
  const path = join(mkdtempSync(join(tmpdir(), 'makima-large-')), name)
  writeFileSync(path, '')
  const piece = 'x\\"{'.repeat(1 << 18)
  for (const part of parts) {
    if (part !== null) appendFileSync(path, part)
    else for (let n = 0; n < megabytes; n++) appendFileSync(path, piece)
  }
  return path
}

test.each([
  ['claude-code.jsonl', 0],
  ['codex.jsonl', 12],
  ['gemini-journal.jsonl', 4],
] as const)('%s: a line of 70 MB behind line %i', async (name, at) => {
  const text = fixture(name).trimEnd()
  const lines = text.split('\n')
  const plain = join(mkdtempSync(join(tmpdir(), 'makima-plain-')), name)
  writeFileSync(plain, text)
  const expected = (await importPath(ctx, plain)).sources[0]
  await database.close()
  database = await createTestDatabase()
  ctx = await createTestContext(database)

  const before = lines.slice(0, at).map((line) => `${line}\n`)
  const after = lines.slice(at).join('\n')
  const path = writeLarge(name, [...before, '{"type":"user","long":"', null, '"}\n', after, '\n'], 70)
  const report = await importPath(ctx, path)
  const [source] = report.sources
  expect(source).toMatchObject({
    outcome: 'new',
    records: expected?.records,
    messages: expected?.messages,
    toolCalls: expected?.toolCalls,
    bad: (expected?.bad ?? 0) + 1,
  })
  expect(source?.problems).toContainEqual({
    line: at + 1,
    reason: 'is longer than 64 MB: kept byte for byte, but not read',
  })
  expect(await hashSource(ctx, source?.id ?? '')).toBe(sha256(path))
  const rows = await ctx.db.select().from(messages).where(eq(messages.subtype, 'line:too_long'))
  expect(rows).toMatchObject([{ truncated: true, sourceOffset: Buffer.byteLength(before.join('')) }])

  expect((await importPath(ctx, path)).sources[0]?.outcome).toBe('unchanged')
  appendFileSync(path, '{"type":"never seen","long":"y"}\n')
  const [grown] = (await importPath(ctx, path)).sources
  expect(grown).toMatchObject({ outcome: 'grown', messages: expected?.messages, bad: (expected?.bad ?? 0) + 1 })
  expect(await hashSource(ctx, grown?.id ?? '')).toBe(sha256(path))
})

test.each(['gemini-document.json', 'opencode-export.json'])('%s: messages of 40 MB', async (name) => {
  const document = JSON.parse(fixture(name)) as { messages: unknown[] }
  const list = document.messages.map((message) => JSON.stringify(message))
  const head = JSON.stringify({ ...document, messages: [] }).replace('"messages":[]', '"messages":[@]')
  const [start = '', end = ''] = head.split('@')
  const large = ['{"id":"m-large","type":"user","content":"', null, '"}']
  const path = writeLarge(
    name,
    [start, list[0] ?? '', ',', ...large, ',', ...large, ',', list.slice(1).join(','), end],
    40,
  )
  const plain = join(mkdtempSync(join(tmpdir(), 'makima-plain-')), name)
  writeFileSync(plain, JSON.stringify(document))
  const expected = (await importPath(ctx, plain)).sources[0]
  await database.close()
  database = await createTestDatabase()
  ctx = await createTestContext(database)

  const [source] = (await importPath(ctx, path)).sources
  expect(source).toMatchObject({
    outcome: 'new',
    messages: expected?.messages,
    toolCalls: expected?.toolCalls,
    unknown: (expected?.unknown ?? 0) + 2,
  })
  expect(await hashSource(ctx, source?.id ?? '')).toBe(sha256(path))
  const rows = await ctx.db.select().from(messages).where(eq(messages.kind, 'unknown'))
  expect(rows.filter((row) => (row.sourceLength ?? 0) > 40_000_000)).toHaveLength(2)
})
