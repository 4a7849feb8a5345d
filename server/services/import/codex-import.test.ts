// Imports of invented Codex sessions on a real database.
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { and, asc, eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contracts, tasks } from '@/db/schema'
import { messages, segments } from '@/db/talk-tables'
import { type TestDatabase, createTestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { Rollout } from '@/server/transcripts/test-rollout'
import { createTestContext, hashSource, importPath } from './test-import'

let database: TestDatabase
let ctx: Context
beforeAll(async () => {
  database = await createTestDatabase()
  ctx = await createTestContext(database)
})
afterAll(() => database.close())

/** A folder like `~/.codex/sessions`, with a file for each session. */
function writeSessions(...rollouts: Rollout[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'makima-codex-'))
  mkdirSync(join(folder, '2026/04/01'), { recursive: true })
  for (const rollout of rollouts) writeFileSync(pathOf(folder, rollout), rollout.text())
  return folder
}
const pathOf = (folder: string, { id, lines }: Rollout) =>
  join(folder, `2026/04/01/rollout-${JSON.parse(lines[0] ?? '').timestamp}-${id}.jsonl`)

async function findTasks(sessionId: string) {
  return ctx.db.select().from(tasks).where(eq(tasks.nativeSessionId, sessionId)).orderBy(asc(tasks.nativeThread))
}

async function listTexts(taskId: string | undefined) {
  const rows = await ctx.db
    .select({ text: messages.text, tool: messages.toolName })
    .from(messages)
    .innerJoin(segments, eq(segments.id, messages.segmentId))
    .where(and(eq(segments.taskId, taskId ?? '')))
    .orderBy(asc(segments.nativeIndex), asc(messages.seq))
  return rows.map((row) => row.text ?? row.tool)
}

function family() {
  const parent = new Rollout().prompt('review it all').answer('I ask an explorer.')
  const source = { subagent: { thread_spawn: { parent_thread_id: parent.id, depth: 1, agent_role: 'explorer' } } }
  const child = parent.copy({ source, agent_role: 'explorer' }, 'c1')
  child.prompt('look at the taxes').answer('They are right.', 7).event('task_complete')
  parent.call('c1', 'spawn_agent', { message: 'look at the taxes' }, JSON.stringify({ agent_id: child.id }))
  return { parent, child }
}

async function expectFamily({ parent, child }: ReturnType<typeof family>) {
  const [main, sub, ...others] = await findTasks(parent.id)
  expect(others).toEqual([])
  expect(main).toMatchObject({ agent: 'codex', nativeThread: '', name: 'review it all', parentTaskId: null })
  expect(sub).toMatchObject({
    nativeThread: child.id,
    contractId: main?.contractId,
    parentTaskId: main?.id,
    spawnedByToolId: 'c1',
    name: 'look at the taxes',
    status: 'completed',
    tokensInput: 60,
    tokensOutput: 7,
    tokensCacheRead: 40,
  })
  expect(await listTexts(main?.id)).toEqual(['review it all', 'I ask an explorer.', 'spawn_agent'])
  expect(await listTexts(sub?.id)).toEqual(['look at the taxes', 'They are right.'])
  const [contract] = await ctx.db
    .select()
    .from(contracts)
    .where(eq(contracts.id, main?.contractId ?? ''))
  expect(contract).toMatchObject({ name: 'review it all', taskCount: 2, tokensOutput: 17, supervisorTaskId: main?.id })
}

test('a subagent is a task below the one that started it, when both are read together', async () => {
  const sessions = family()
  await importPath(ctx, writeSessions(sessions.parent, sessions.child))
  await expectFamily(sessions)
})

test('a subagent is a task below the one that started it, when that one was imported before', async () => {
  const sessions = family()
  await importPath(ctx, writeSessions(sessions.parent))
  await importPath(ctx, writeSessions(sessions.child))
  await expectFamily(sessions)
})

test('a subagent is a task below the one that started it, when that one is imported later', async () => {
  const sessions = family()
  await importPath(ctx, writeSessions(sessions.child))
  await importPath(ctx, writeSessions(sessions.parent))
  await expectFamily(sessions)
})

test('a subagent of a subagent belongs to the same session', async () => {
  const { parent, child } = family()
  const spawn = (id: string) => ({ source: { subagent: { thread_spawn: { parent_thread_id: id } } } })
  const inner = new Rollout({ meta: spawn(child.id) }).prompt('only the rates').answer('Right too.')
  const later = new Rollout({ meta: spawn(child.id) }).prompt('only the sums').answer('Also right.')
  await importPath(ctx, writeSessions(inner, parent, child))
  await importPath(ctx, writeSessions(later))
  const found = await findTasks(parent.id)
  expect(found.map((task) => task.nativeThread).sort()).toEqual(['', child.id, inner.id, later.id].sort())
  expect(new Set(found.map((task) => task.contractId)).size).toBe(1)
})

test('a session that was forked shares its beginning with its origin and joins its contract', async () => {
  const origin = new Rollout().prompt('one').answer('first')
  const fork = origin.copy({}, null)
  origin.prompt('here').answer('of the origin')
  fork.prompt('there').answer('of the fork', 5)
  await importPath(ctx, writeSessions(fork, origin))
  const [first] = await findTasks(origin.id)
  const [second] = await findTasks(fork.id)
  expect(second).toMatchObject({ forkedFromTaskId: first?.id, contractId: first?.contractId, tokensOutput: 5 })
  expect(await listTexts(first?.id)).toEqual(['one', 'first', 'here', 'of the origin'])
  expect(await listTexts(second?.id)).toEqual(['there', 'of the fork'])
})

test('a fork whose origin is not at hand is read whole', async () => {
  const fork = new Rollout().prompt('one').answer('first').copy({}, null)
  await importPath(ctx, writeSessions(fork.prompt('there').answer('of the fork')))
  const [task] = await findTasks(fork.id)
  expect(task).toMatchObject({ forkedFromTaskId: null, tokensOutput: 20 })
  expect(await listTexts(task?.id)).toEqual(['one', 'first', 'there', 'of the fork'])
})

test('a session that grew gives its tail only, and one that went back in a file of its own is one task', async () => {
  const rollout = new Rollout({ ordinal: 0 }).prompt('one').answer('first')
  const base = {
    thread_id: rollout.id,
    end_ordinal_exclusive: rollout.next,
    end_byte_offset: Buffer.byteLength(rollout.text()),
  }
  const folder = writeSessions(rollout.prompt('two'))
  await importPath(ctx, folder)
  const before = rollout.text().length
  rollout.answer('second')
  appendFileSync(pathOf(folder, rollout), rollout.text().slice(before))
  const grown = await importPath(ctx, folder)
  expect(grown.sources).toMatchObject([{ outcome: 'grown', prompts: 2, assistantMessages: 2 }])
  const segment = new Rollout({ id: rollout.id, ordinal: base.end_ordinal_exclusive, meta: { history_base: base } })
  writeFileSync(pathOf(folder, segment), segment.prompt('three').answer('third').text())
  const view = await importPath(ctx, folder)
  expect(view.sources.map((source) => source.outcome).sort()).toEqual(['new', 'unchanged'])
  const [task, ...others] = await findTasks(rollout.id)
  expect(others).toEqual([])
  expect(task).toMatchObject({ messageCount: 6, tokensOutput: 30, headSeq: 2 })
  expect(await listTexts(task?.id)).toEqual(['one', 'first', 'two', 'second', 'three', 'third'])
  for (const source of view.sources) {
    const raw = createHash('sha256').update(readFileSync(source.path)).digest('hex')
    expect(await hashSource(ctx, source.id ?? '')).toBe(raw)
  }
})

test('the tail of a session that was cut into pieces is called by its file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'makima-codex-'))
  const { lines } = new Rollout().prompt('one').answer('first')
  writeFileSync(join(folder, 'tail.jsonl'), lines.slice(-2).join('\n'))
  const view = await importPath(ctx, folder)
  const [task] = await ctx.db
    .select()
    .from(tasks)
    .where(eq(tasks.id, view.sources[0]?.taskId ?? ''))
  expect(task).toMatchObject({ name: 'tail.jsonl', agent: 'codex', messageCount: 1 })
})
