import { afterAll, beforeAll, expect, test } from 'vitest'
import { eq, sql } from 'drizzle-orm'
import { newId, newSegmentId } from '@/db/ids'
import { contracts, imports, tasks } from '@/db/schema'
import { messages, messageSearch, segments } from '@/db/talk-tables'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { createTestContext } from '@/server/services/import/test-import'
import { writePatches } from '@/server/services/import/rows'
import { search, searchInput } from './search'
import { indexSome } from './search-index'

let database: TestDatabase
let ctx: Context
let segmentId: string
let taskId: string

type Said = { text?: string; tool?: string; input?: string; result?: string; at?: string }

const STORY: Said[] = [
  { text: 'Please write a parser for the ledger', at: '2026-01-01T10:00:00Z' },
  {
    tool: 'Bash',
    input: '{"command":"grep -rn openLedger src"}',
    result: 'src/ledger.ts:12: openLedger(path)',
    at: '2026-01-01T10:01:00Z',
  },
  { text: 'The parser is done. Überraschung: the tests pass.', at: '2026-01-01T10:02:00Z' },
  { text: '<script>alert(1)</script> & \u001B[31mred\u001B[0m ledger', at: '2026-01-02T10:00:00Z' },
]

async function addTalk(name: string, agent: string, story: Said[]) {
  const { ownerId } = ctx.actor
  const [contractId, id, segment] = [newId(), newId(), newSegmentId()]
  await ctx.db.insert(contracts).values({ id: contractId, ownerId, name, lastActivityAt: new Date() })
  await ctx.db.insert(tasks).values({ id, ownerId, contractId, name, agent, lastActivityAt: new Date() })
  await ctx.db.insert(segments).values({ id: segment, ownerId, taskId: id, length: story.length })
  if (story.length > 0)
    await ctx.db.insert(messages).values(
      story.map(({ text, tool, input, result, at }, index) => ({
        segmentId: segment,
        seq: index + 1,
        ownerId,
        role: tool ? 'tool' : 'assistant',
        kind: tool ? 'tool' : 'text',
        text: text ?? null,
        toolName: tool ?? null,
        toolInput: input ?? null,
        toolResult: result ?? null,
        at: at ? new Date(at) : null,
      })),
    )
  return { contractId, id, segment }
}

const readAll = async () => {
  while ((await indexSome(ctx)) > 0);
}
const find = (q: string, more: object = {}) => search(ctx, searchInput.parse({ q, ...more }))

beforeAll(async () => {
  database = await createTestDatabase()
  ctx = await createTestContext(database)
  const made = await addTalk('Ledger', 'claude-code', STORY)
  ;[segmentId, taskId] = [made.segment, made.id]
  await addTalk('Elsewhere', 'codex', [{ text: 'another ledger' }])
  await readAll()
})
afterAll(() => database.close())

test('finds words in what was said, asked of tools and answered by them, newest first', async () => {
  const { hits, cursor } = await find('ledger')
  expect(hits.map(({ taskName, toolName }) => [taskName, toolName])).toEqual([
    ['Ledger', null],
    ['Ledger', 'Bash'],
    ['Ledger', null],
    ['Elsewhere', null],
  ])
  expect(cursor).toBeNull()
  const [tool] = (await find('openledger')).hits
  expect(tool).toMatchObject({ taskId, toolName: 'Bash', snippet: expect.stringContaining('openLedger') as string })
  const [from, to] = tool?.matches[0] ?? [0, 0]
  expect(tool?.snippet.slice(from, to).toLowerCase()).toContain('openledger')
})

test('a word may be half typed, two in quotes stand side by side, one with a minus is not there', async () => {
  expect((await find('überr')).hits).toHaveLength(1)
  expect((await find('"parser is done"')).hits).toHaveLength(1)
  expect((await find('"done is parser"')).hits).toHaveLength(0)
  expect((await find('ledger -parser')).hits).toHaveLength(3)
})

test('filters and pages narrow it, without gap or repeat', async () => {
  expect((await find('ledger', { agents: ['codex'] })).hits).toHaveLength(1)
  expect((await find('ledger', { taskId, from: '2026-01-02' })).hits).toHaveLength(1)
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const page = await find('ledger', { limit: 1, ...(cursor && { cursor }) })
    seen.push(...page.hits.map(({ messageId }) => messageId))
    cursor = page.cursor
  } while (cursor !== null)
  expect(seen).toEqual((await find('ledger')).hits.map(({ messageId }) => messageId))
})

test('a common word is found in one task, however often others say it', async () => {
  const { ownerId } = ctx.actor
  const [common, rare] = [await addTalk('Common', 'codex', []), await addTalk('Rare', 'codex', [{ text: 'capybara' }])]
  const rows = sql`generate_series(1, 20100) n`
  await ctx.db.execute(sql`
    insert into message_search (segment_id, seq, owner_id, part, document)
    select ${common.segment}, n, ${ownerId}, 0, to_tsvector('simple', 'capybara') from ${rows}`)
  await ctx.db.execute(sql`
    insert into messages (segment_id, seq, owner_id, role, kind, text)
    select ${common.segment}, n, ${ownerId}, 'assistant', 'text', 'capybara' from ${rows}`)
  await readAll()
  expect((await find('capybara', { taskId: rare.id })).hits).toHaveLength(1)
  expect((await find('capybara', { contractId: common.contractId, limit: 3 })).hits).toHaveLength(3)
})

test('what is no word is refused in a sentence; what could be SQL or HTML is only text', async () => {
  for (const q of ['!!!', '""', '-', '/.:']) await expect(find(q)).rejects.toThrow(/no word in this/)
  expect(searchInput.safeParse({ q: ' ' }).success).toBe(false)
  for (const q of ["'; drop table messages; --", "a' & 'b", '\\', ':*', "it's"])
    await expect(find(`${q} zebra`)).resolves.toMatchObject({ hits: [] })
  const [hit] = (await find('alert')).hits
  expect(hit?.snippet).toContain('<script>')
})

test('a result that comes later is found as soon as it was read', async () => {
  const places = { segmentId: () => segmentId, sourceId: () => newId() }
  expect((await find('zanzibar')).hits).toHaveLength(0)
  await writePatches(
    ctx.db,
    [
      {
        type: 'result',
        thread: '',
        segment: 0,
        seq: 2,
        toolResult: 'zanzibar',
        isError: false,
        durationMs: 1,
        resultSource: 0,
        resultOffset: 0,
        resultLength: 1,
        truncated: false,
      } as never,
    ],
    places as never,
  )
  await readAll()
  expect((await find('zanzibar')).hits).toHaveLength(1)
})

test('while an import is under way it is let through first', async () => {
  const { segment } = await addTalk('Later', 'gemini', [{ text: 'quokka' }])
  const importId = newId()
  await ctx.db.insert(imports).values({ id: importId, ownerId: ctx.actor.ownerId, state: 'running' })
  expect(await indexSome(ctx)).toBe(0)
  await ctx.db.update(imports).set({ state: 'done' }).where(eq(imports.id, importId))
  await readAll()
  expect((await find('quokka')).hits).toHaveLength(1)
  expect(await ctx.db.$count(messageSearch, eq(messageSearch.segmentId, segment))).toBe(1)
})
