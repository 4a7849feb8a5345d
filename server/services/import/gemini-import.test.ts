// Imports of invented Gemini CLI sessions on a real database.
import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { realpath } from 'node:fs/promises'
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { asc, eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { historyEvents } from '@/db/history-tables'
import { tasks } from '@/db/schema'
import { messages, segments } from '@/db/talk-tables'
import { type TestDatabase, createTestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { openRepository } from '@/server/git/repository'
import { recordRepository } from '@/server/services/repositories'
import { usualPlaces } from './candidates'
import { createTestContext, hashSource, importPath } from './test-import'

let database: TestDatabase
let ctx: Context
beforeAll(async () => {
  database = await createTestDatabase()
  ctx = await createTestContext(database)
})
afterAll(() => database.close())

const at = (second: number) => new Date(Date.UTC(2026, 4, 4, 8, 0, second)).toISOString()
const ask = (id: string, second: number, text = id) => ({ id, timestamp: at(second), type: 'user', content: text })
const tell = (id: string, second: number, more: object = {}) => ({
  id,
  timestamp: at(second),
  type: 'gemini',
  content: id,
  model: 'gemini-2.5-flash',
  tokens: { input: 1_000, output: 10, cached: 900, thoughts: 5, tool: 0, total: 1_015 },
  ...more,
})
const header = (sessionId: string, second = 0, more: object = {}) => ({
  sessionId,
  projectHash: 'aa0e9d8c',
  startTime: at(0),
  lastUpdated: at(second),
  ...more,
})
const jsonl = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('')

/** A folder like `~/.gemini/tmp`. */
function writeFiles(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'makima-gemini-'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

const findTasks = (sessionId: string) =>
  ctx.db.select().from(tasks).where(eq(tasks.nativeSessionId, sessionId)).orderBy(asc(tasks.nativeThread))

async function listTexts(taskId: string | undefined) {
  const rows = await ctx.db
    .select({ text: messages.text, tool: messages.toolName })
    .from(messages)
    .innerJoin(segments, eq(segments.id, messages.segmentId))
    .where(eq(segments.taskId, taskId ?? ''))
    .orderBy(asc(segments.nativeIndex), asc(messages.seq))
  return rows.map((row) => row.text ?? row.tool)
}

const listEvents = async (taskId: string | undefined) =>
  (
    await ctx.db
      .select()
      .from(historyEvents)
      .where(eq(historyEvents.taskId, taskId ?? ''))
  ).map((row) => row.eventType)

test('a folder of Gemini CLI gives its sessions, and no word of its other files', async () => {
  const document = { ...header('whole', 20), messages: [ask('a', 1, 'Count the rivers'), tell('b', 2)] }
  const folder = writeFiles({
    'p1/chats/session-2026-05-04T08-00-whole.json': JSON.stringify(document),
    'p1/logs.json': JSON.stringify([{ sessionId: 'whole', messageId: 0, type: 'user', message: 'Count the rivers' }]),
    'p1/checkpoint-old.json': JSON.stringify([{ role: 'user', parts: [{ text: 'hello' }] }]),
  })
  const view = await importPath(ctx, folder)
  expect(view.sources).toMatchObject([
    {
      agent: 'gemini',
      records: 1,
      prompts: 1,
      assistantMessages: 1,
      tokens: { input: 1_000, output: 10, cacheRead: 900 },
    },
  ])
  const [task] = await findTasks('whole')
  // What came from the cache is no new input, and thinking is paid for like output.
  expect(task).toMatchObject({
    agent: 'gemini',
    name: 'Count the rivers',
    models: ['gemini-2.5-flash'],
    tokensInput: 100,
    tokensOutput: 15,
    tokensCacheRead: 900,
  })
  expect(task?.costUsd).toBeCloseTo((100 * 0.3 + 15 * 2.5 + 900 * 0.03) / 1e6)
})

test('a document that was written anew with more in it adds only that', async () => {
  const versions = [
    { ...header('doc', 5), messages: [ask('d1', 1), tell('d2', 2)] },
    { ...header('doc', 9), messages: [ask('d1', 1), tell('d2', 2), ask('d3', 6), tell('d4', 7)] },
    { ...header('doc', 15), messages: [ask('d1', 1), tell('d2', 2), ask('d5', 12)] },
  ]
  const folder = writeFiles({ 'chats/session-doc.json': JSON.stringify(versions[0], null, 2) })
  const path = join(folder, 'chats/session-doc.json')
  await importPath(ctx, folder)
  const [first] = await findTasks('doc')
  writeFileSync(path, JSON.stringify(versions[1], null, 2))
  const grown = await importPath(ctx, folder)
  expect(grown.sources).toMatchObject([{ outcome: 'grown', prompts: 2, assistantMessages: 2 }])
  expect(await hashSource(ctx, grown.sources[0]?.id ?? '')).toBe(
    createHash('sha256').update(readFileSync(path)).digest('hex'),
  )
  const [task] = await findTasks('doc')
  expect(task).toMatchObject({ id: first?.id, messageCount: 4, headSeq: 4, tokensOutput: 30 })
  expect(await listEvents(task?.id)).not.toContain('source.rewritten')
  expect((await importPath(ctx, folder)).sources).toMatchObject([{ outcome: 'unchanged' }])
  writeFileSync(path, JSON.stringify(versions[2], null, 2))
  expect((await importPath(ctx, folder)).sources).toMatchObject([{ outcome: 'rewritten' }])
  const [rewound] = await findTasks('doc')
  expect(await listTexts(rewound?.id)).toEqual(['d1', 'd2', 'd3', 'd4', 'd5'])
  expect(rewound).toMatchObject({ headSeq: 1, tokensOutput: 30 })
  expect(await listEvents(task?.id)).toEqual(expect.arrayContaining(['source.rewritten', 'conversation.rewound']))
})

test('a journal that grew gives its tail only, also when a message in it is written again or dropped', async () => {
  const call = { id: 'c1', name: 'write_file', args: { file_path: 'a' }, timestamp: at(4) }
  const answer = [{ functionResponse: { id: 'c1', name: 'write_file', response: { output: 'Written.' } } }]
  const folder = writeFiles({
    'chats/session-j.jsonl': jsonl(
      header('jour', 0, { kind: 'main' }),
      ask('j1', 1),
      tell('j2', 2, { toolCalls: [call] }),
    ),
  })
  const path = join(folder, 'chats/session-j.jsonl')
  await importPath(ctx, folder)
  const tail = jsonl(
    tell('j2', 2, { toolCalls: [{ ...call, status: 'success', result: answer }] }),
    ask('j3', 5),
    tell('j4', 6),
    { $rewindTo: 'j3' },
    ask('j5', 8),
  )
  appendFileSync(path, tail.slice(0, -20))
  expect((await importPath(ctx, folder)).sources).toMatchObject([
    { outcome: 'grown', toolCalls: 1, toolResults: 1, bad: 1 },
  ])
  appendFileSync(path, tail.slice(-20))
  const view = await importPath(ctx, folder)
  expect(view.sources).toMatchObject([{ outcome: 'grown', prompts: 3, assistantMessages: 2, bad: 0 }])
  expect(await hashSource(ctx, view.sources[0]?.id ?? '')).toBe(
    createHash('sha256').update(readFileSync(path)).digest('hex'),
  )
  const [task, ...others] = await findTasks('jour')
  expect(others).toEqual([])
  expect(await listTexts(task?.id)).toEqual(['j1', 'j2', 'write_file', 'j3', 'j4', 'j5'])
  expect(task).toMatchObject({ toolCallCount: 1, tokensInput: 200, tokensOutput: 30, headSeq: 1 })
  expect(await listEvents(task?.id)).toContain('conversation.rewound')
  expect((await importPath(ctx, folder)).sources).toMatchObject([{ outcome: 'unchanged' }])
  expect(await findTasks('jour')).toEqual([task])
})

test('a session that goes on in a journal beside its document is one task', async () => {
  const said = [ask('s1', 1), tell('s2', 2)]
  const folder = writeFiles({
    'chats/session-s.json': JSON.stringify({ ...header('both', 3), messages: said }),
    'chats/session-s.jsonl': jsonl(header('both', 3, { kind: 'main' }), ...said, ask('s3', 20), tell('s4', 21)),
  })
  const view = await importPath(ctx, folder)
  expect(view.sources).toHaveLength(2)
  const [task, ...others] = await findTasks('both')
  expect(others).toEqual([])
  expect(await listTexts(task?.id)).toEqual(['s1', 's2', 's3', 's4'])
  expect(task).toMatchObject({ headSeq: 4, tokensOutput: 30 })
})

test('a subagent is a task below the one that started it', async () => {
  const call = {
    id: 'c9',
    name: 'codebase_investigator',
    agentId: 'kid',
    args: { objective: 'Find the taxes' },
    timestamp: at(9),
  }
  const answer = [{ functionResponse: { id: 'c9', name: call.name, response: { output: 'In taxes.ts.' } } }]
  const folder = writeFiles({
    'chats/session-p.jsonl': jsonl(
      header('folks', 0, { kind: 'main' }),
      ask('p1', 1),
      tell('p2', 2, { toolCalls: [{ ...call, status: 'success', result: answer }] }),
    ),
    'chats/folks/kid.jsonl': jsonl(
      header('kid', 0, { kind: 'subagent' }),
      ask('k1', 3, 'Find the taxes'),
      tell('k2', 4),
    ),
  })
  await importPath(ctx, folder)
  const [main, sub, ...others] = await findTasks('folks')
  expect(others).toEqual([])
  expect(sub).toMatchObject({
    nativeThread: 'kid',
    parentTaskId: main?.id,
    contractId: main?.contractId,
    spawnedByToolId: 'c9',
    name: 'Find the taxes',
    status: 'completed',
    tokensOutput: 15,
  })
})

test('a session is tied to the repository whose folder it names by a hash, once that folder is known', async () => {
  const work = await realpath(mkdtempSync(join(tmpdir(), 'makima-work-')))
  execFileSync('git', ['init', '-q', work])
  const repository = await openRepository(work)
  const { repositoryId, worktreeId } = await recordRepository(ctx, repository)
  const projectHash = createHash('sha256').update(work).digest('hex')
  const known = { ...header('placed', 3, { projectHash }), messages: [ask('h1', 1), tell('h2', 2)] }
  // Told by the file beside its sessions alone.
  const away = await realpath(mkdtempSync(join(tmpdir(), 'makima-work-')))
  execFileSync('git', ['init', '-q', away])
  const awayHash = createHash('sha256').update(away).digest('hex')
  const owned = { ...header('owned', 3, { projectHash: awayHash }), messages: [ask('h5', 1), tell('h6', 2)] }
  const unknown = { ...header('lost', 3), messages: [ask('h3', 1), tell('h4', 2)] }
  await importPath(
    ctx,
    writeFiles({
      'chats/session-1.json': JSON.stringify(known),
      'chats/session-2.json': JSON.stringify(unknown),
      'away/.project_root': `${away}\n`,
      'away/chats/session-3.json': JSON.stringify(owned),
    }),
  )
  expect(await findTasks('placed')).toMatchObject([{ repositoryId, worktreeId }])
  expect(await findTasks('owned')).toMatchObject([{ repositoryId: expect.any(String), worktreeId: expect.any(String) }])
  expect(await findTasks('lost')).toMatchObject([{ repositoryId: null, worktreeId: null }])
})

test('broken lines and a torn document are kept and counted', async () => {
  const folder = writeFiles({
    'chats/session-b.jsonl': `${jsonl(header('bad', 0), ask('b1', 1))}not a record\n${jsonl({ omen: 1 }, tell('b2', 2))}`,
    'chats/session-t.json': JSON.stringify({ ...header('cut', 3), messages: [ask('t1', 1), tell('t2', 2)] }).slice(
      0,
      -60,
    ),
  })
  const view = await importPath(ctx, folder)
  const source = (name: string) => view.sources.find(({ path }) => path.endsWith(name))
  expect(source('b.jsonl')).toMatchObject({ prompts: 1, assistantMessages: 1, bad: 1, unknown: 1 })
  expect(source('t.json')).toMatchObject({ records: 0, bad: 1 })
  for (const source of view.sources)
    expect(await hashSource(ctx, source.id ?? '')).toBe(
      createHash('sha256').update(readFileSync(source.path)).digest('hex'),
    )
})

test('the usual places are where the agents look themselves', () => {
  const environment = { NODE_ENV: 'test', GEMINI_CLI_HOME: '/g', XDG_DATA_HOME: '/nowhere' } as const
  expect(usualPlaces('gemini', environment)).toEqual(['/g/.gemini/tmp'])
  expect(usualPlaces('opencode', environment)).toEqual(['/nowhere/opencode/storage'])
  const data = writeFiles({ 'opencode/opencode.db': '', 'opencode/opencode-dev.db': '', 'opencode/auth.json': '{}' })
  expect(usualPlaces('opencode', { ...environment, XDG_DATA_HOME: data })).toEqual(
    ['storage', 'opencode-dev.db', 'opencode.db'].map((name) => join(data, 'opencode', name)),
  )
})
