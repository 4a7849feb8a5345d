// Imports of invented OpenCode sessions on a real database.
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asc, eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { historyEvents } from '@/db/history-tables'
import { contracts, tasks } from '@/db/schema'
import { messages, segments } from '@/db/talk-tables'
import { type TestDatabase, createTestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { createTestContext, hashSource, importPath } from './test-import'

let database: TestDatabase
let ctx: Context
beforeAll(async () => {
  database = await createTestDatabase()
  ctx = await createTestContext(database)
})
afterAll(() => database.close())

type Message = { info: Record<string, unknown>; parts: Record<string, unknown>[] }
type Session = { info: Record<string, unknown>; messages: Message[] }

const fixture = (name: string): string => readFileSync(join(process.cwd(), 'server/transcripts/fixtures', name), 'utf8')

/** The invented sessions under ids of their own, so that tests do not meet. */
function sessions(mark: string): { main: Session; child: Session; id: string; childId: string } {
  const rename = (text: string): Session =>
    JSON.parse(text.replaceAll(/\b(ses|msg|prt)_(\w\w)/g, (_, kind, rest) => `${kind}_${mark}${rest}`))
  const [main, child] = [rename(fixture('opencode-export.json')), rename(fixture('opencode-child.json'))]
  return { main, child, id: String(main.info.id), childId: String(child.info.id) }
}

function writeExports(...written: Session[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'makima-opencode-'))
  for (const session of written) writeFileSync(join(folder, `${String(session.info.id)}.json`), JSON.stringify(session))
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

test.each([
  ['together', (main: Session, child: Session) => [[main, child]]],
  ['the child first', (main: Session, child: Session) => [[child], [main]]],
  ['the parent first', (main: Session, child: Session) => [[main], [child]]],
])('a child session is a task below the one that started it: %s', async (name, inOrder) => {
  const { main, child, id, childId } = sessions(createHash('md5').update(name).digest('hex').slice(0, 6))
  for (const written of inOrder(main, child)) await importPath(ctx, writeExports(...written))
  const [task, sub, ...others] = await findTasks(id)
  expect(others).toEqual([])
  expect(task).toMatchObject({
    agent: 'opencode',
    name: 'Watering plan',
    parentTaskId: null,
    toolCallCount: 3,
    tokensInput: 150,
    tokensOutput: 28,
    tokensCacheRead: 130,
    tokensCacheWrite: 7,
    costUsd: 0.25,
  })
  expect(sub).toMatchObject({
    nativeThread: childId,
    parentTaskId: task?.id,
    contractId: task?.contractId,
    name: 'look at the beds',
    spawnedByToolId: 'call_1',
    status: 'completed',
    messageCount: 2,
    tokensOutput: 2,
  })
  const [contract] = await ctx.db
    .select()
    .from(contracts)
    .where(eq(contracts.id, task?.contractId ?? ''))
  expect(contract).toMatchObject({ name: 'Watering plan', taskCount: 2, tokensOutput: 30 })
})

test('an export that was written anew with more in it adds only that, and is not told as a rewriting', async () => {
  const { main, id } = sessions('grown')
  const path = join(writeExports({ ...main, messages: main.messages.slice(0, 2) }), `${id}.json`)
  await importPath(ctx, path)
  const [before] = await findTasks(id)
  writeFileSync(path, JSON.stringify(main, null, 2))
  const view = await importPath(ctx, path)
  expect(view.sources).toMatchObject([{ outcome: 'grown', prompts: 2, toolCalls: 3 }])
  expect(await hashSource(ctx, view.sources[0]?.id ?? '')).toBe(
    createHash('sha256').update(readFileSync(path)).digest('hex'),
  )
  const [task, ...others] = await findTasks(id)
  expect(others).toEqual([])
  expect(task).toMatchObject({ id: before?.id, messageCount: 9, tokensInput: 150, tokensOutput: 28 })
  expect(await listTexts(task?.id)).toHaveLength(9)
  expect(await listEvents(task?.id)).not.toContain('source.rewritten')
  expect((await importPath(ctx, path)).sources).toMatchObject([{ outcome: 'unchanged' }])
  const again = await findTasks(id)
  expect(again).toEqual([task])
})

test('messages that a revert removed stay to be read, and what came after it is the conversation', async () => {
  const { main, id } = sessions('back')
  const path = join(writeExports(main), `${id}.json`)
  await importPath(ctx, path)
  const info = { id: 'msg_back09', role: 'user', time: { created: 1_770_000_200_000 } }
  main.info.time = { created: 1_770_000_000_000, updated: 1_770_000_200_000 }
  main.messages.splice(2, 2, { info, parts: [{ id: 'prt_back99', type: 'text', text: 'Do it by hand' }] })
  writeFileSync(path, JSON.stringify(main))
  const view = await importPath(ctx, path)
  expect(view.sources).toMatchObject([{ outcome: 'rewritten' }])
  const [task] = await findTasks(id)
  expect((await listTexts(task?.id)).slice(-4)).toEqual([
    'Do it',
    'bash',
    'MessageAbortedError: The operation was aborted.',
    'Do it by hand',
  ])
  const own = await ctx.db
    .select()
    .from(segments)
    .where(eq(segments.taskId, task?.id ?? ''))
  expect(own.find((segment) => segment.id === task?.headSegmentId)).toMatchObject({ nativeIndex: 1, parentSeq: 6 })
  expect(await listEvents(task?.id)).toContain('conversation.rewound')
})

test("sessions in OpenCode's database and in its older store are the same ones, and are read once", async () => {
  const home = mkdtempSync(join(tmpdir(), 'makima-opencode-'))
  for (const suffix of ['', '-wal'])
    copyFileSync(
      join(import.meta.dirname, `opencode/fixtures/opencode.db${suffix}`),
      join(home, `opencode.db${suffix}`),
    )
  const main: Session = JSON.parse(fixture('opencode-export.json'))
  const write = (path: string, name: unknown, value: unknown) => {
    mkdirSync(join(home, 'storage', path), { recursive: true })
    writeFileSync(join(home, 'storage', path, `${String(name)}.json`), JSON.stringify(value, null, 2))
  }
  write('session/p1', 'ses_aa11', main.info)
  for (const { info, parts } of main.messages) {
    write('message/ses_aa11', info.id, info)
    for (const part of parts) write(`part/${String(info.id)}`, part.id, part)
  }
  const view = await importPath(ctx, home)
  expect(view.sources.map(({ path, outcome, skipped }) => [path.replace(home, ''), outcome, skipped])).toEqual([
    ['/opencode.db#ses_aa11', 'new', undefined],
    ['/storage/session/p1/ses_aa11.json', 'new', undefined],
    ['/opencode.db#ses_bb22', 'new', undefined],
  ])
  const [task, sub, ...others] = await findTasks('ses_aa11')
  expect(others).toEqual([])
  expect(task).toMatchObject({ name: 'Watering plan for the summer', messageCount: 9, tokensOutput: 28, costUsd: 0.25 })
  expect(sub).toMatchObject({ nativeThread: 'ses_bb22', parentTaskId: task?.id })
  const again = await importPath(ctx, home)
  expect(again.sources.map((source) => source.outcome)).toEqual(['unchanged', 'unchanged', 'unchanged'])
  expect(await findTasks('ses_aa11')).toEqual([task, sub])
})

test('a torn export is kept and counted, and the others of its folder are read', async () => {
  const { main, child, id, childId } = sessions('torn')
  const folder = writeExports(main, child)
  const path = join(folder, `${id}.json`)
  writeFileSync(path, readFileSync(path).subarray(0, 1_500))
  const view = await importPath(ctx, folder)
  const torn = view.sources.find((source) => source.path === path)
  expect(torn).toMatchObject({ records: 0, bad: 1, bytes: 1_500 })
  expect(await hashSource(ctx, torn?.id ?? '')).toBe(createHash('sha256').update(readFileSync(path)).digest('hex'))
  expect((await findTasks(id)).find((task) => task.nativeThread === childId)).toMatchObject({
    messageCount: 2,
  })
})
