// Imports of invented transcripts, in the real shape, on a real database.
import { execFileSync } from 'node:child_process'
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { and, asc, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contracts, taskCheckpoints, tasks } from '@/db/schema'
import { messages, segments, transcriptSources } from '@/db/talk-tables'
import { type TestDatabase, createTestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { requestImport } from '@/server/services/imports'
import { createTestContext, hashSource, importPath } from './test-import'

let database: TestDatabase
let ctx: Context
beforeAll(async () => {
  database = await createTestDatabase()
  ctx = await createTestContext(database)
})
afterAll(() => database.close())

const T0 = Date.UTC(2026, 0, 5, 10)
let serial = 0

/** A session in the shape in which Claude Code writes it. */
class Session {
  readonly id = crypto.randomUUID()
  readonly lines: string[] = []
  parent: string | null = null
  constructor(readonly cwd = '/nowhere') {}

  record(value: Record<string, unknown>): string {
    const uuid = crypto.randomUUID()
    const timestamp = new Date(T0 + serial++ * 1000).toISOString()
    const envelope = {
      parentUuid: this.parent,
      isSidechain: false,
      cwd: this.cwd,
      sessionId: this.id,
      version: '2.1.42',
      gitBranch: 'main',
    }
    this.lines.push(JSON.stringify({ ...envelope, timestamp, uuid, ...value }))
    this.parent = uuid
    return uuid
  }
  prompt(text: string): string {
    return this.record({ type: 'user', message: { role: 'user', content: text } })
  }
  answer(text: string, output = 10): string {
    const usage = { input_tokens: 1, output_tokens: output, cache_read_input_tokens: 2, cache_creation_input_tokens: 3 }
    const message = {
      id: `msg_${serial}`,
      model: 'claude-sonnet-4-5-20250929',
      role: 'assistant',
      content: [{ type: 'text', text }],
      usage,
    }
    return this.record({ type: 'assistant', message })
  }
  text(): string {
    return this.lines.map((line) => `${line}\n`).join('')
  }
}

const newFolder = () => mkdtempSync(join(tmpdir(), 'makima-import-'))
const hashFile = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

async function findTask(session: Session) {
  const [task] = await ctx.db
    .select()
    .from(tasks)
    .where(and(eq(tasks.nativeSessionId, session.id), eq(tasks.nativeThread, '')))
  if (!task) throw new Error('the task is missing')
  return task
}

async function listTexts(segmentId: string | null) {
  const rows = await ctx.db
    .select()
    .from(messages)
    .where(eq(messages.segmentId, segmentId ?? ''))
    .orderBy(asc(messages.seq))
  return rows.map((row) => row.text)
}

test('a file that grew gives its tail only, from the exact byte, and is whole again', async () => {
  const session = new Session()
  session.prompt('first')
  session.answer('one')
  const path = join(newFolder(), `${session.id}.jsonl`)
  writeFileSync(path, session.text())
  const first = await importPath(ctx, path)
  expect(first.sources[0]).toMatchObject({ outcome: 'new', records: 2, prompts: 1 })

  const known = session.lines.length
  session.prompt('second')
  session.answer('two')
  appendFileSync(
    path,
    session.lines
      .slice(known)
      .map((line) => `${line}\n`)
      .join(''),
  )
  const second = await importPath(ctx, path)
  expect(second.sources[0]).toMatchObject({
    outcome: 'grown',
    records: 4,
    prompts: 2,
    assistantMessages: 2,
    tokens: { output: 20 },
  })
  expect(second.sources[0]?.id).toBe(first.sources[0]?.id)
  const task = await findTask(session)
  expect(await listTexts(task.headSegmentId)).toEqual(['first', 'one', 'second', 'two'])
  expect(task).toMatchObject({ headSeq: 4, messageCount: 4, tokensOutput: 20, tokensCacheWrite: 6 })
  expect(await hashSource(ctx, second.sources[0]?.id ?? '')).toBe(hashFile(path))
  expect((await importPath(ctx, path)).sources[0]?.outcome).toBe('unchanged')
})

test('a fork that was undone stays so when its session is read on', async () => {
  const session = new Session()
  session.prompt('one')
  session.answer('ok')
  const path = join(newFolder(), `${session.id}.jsonl`)
  writeFileSync(path, session.text())
  const first = await importPath(ctx, path)
  const { id: taskId } = await findTask(session)
  expect(first.sources[0]?.taskId).toBe(taskId)
  await ctx.db.update(tasks).set({ status: 'undone' }).where(eq(tasks.id, taskId))
  const known = session.lines.length
  session.answer('more')
  appendFileSync(path, `${session.lines.slice(known).join('\n')}\n`)
  expect((await importPath(ctx, path)).sources[0]).toMatchObject({ outcome: 'grown', assistantMessages: 2 })
  const [task] = await ctx.db.select().from(tasks).where(eq(tasks.id, taskId))
  expect(task).toMatchObject({ status: 'undone', messageCount: 3 })
})

test('a torn last line is kept and counted, and read again when the file grows', async () => {
  const session = new Session()
  session.prompt('whole')
  session.answer('torn here')
  const path = join(newFolder(), `${session.id}.jsonl`)
  const all = session.text()
  writeFileSync(path, all.slice(0, -40))
  const first = await importPath(ctx, path)
  expect(first.sources[0]).toMatchObject({ prompts: 1, assistantMessages: 0, bad: 1 })
  expect(await hashSource(ctx, first.sources[0]?.id ?? '')).toBe(hashFile(path))

  writeFileSync(path, all)
  const second = await importPath(ctx, path)
  expect(second.sources[0]).toMatchObject({ outcome: 'grown', records: 2, assistantMessages: 1, bad: 0 })
  expect(await hashSource(ctx, second.sources[0]?.id ?? '')).toBe(hashFile(path))
  expect(await listTexts((await findTask(session)).headSegmentId)).toEqual(
    expect.arrayContaining(['whole', 'torn here']),
  )
})

test('a file that was rewritten becomes a new source, says so, and the old bytes stay', async () => {
  const session = new Session()
  session.prompt('before')
  session.answer('old answer')
  const path = join(newFolder(), `${session.id}.jsonl`)
  writeFileSync(path, session.text())
  const first = await importPath(ctx, path)
  const oldHash = hashFile(path)
  session.prompt('after')
  writeFileSync(path, `${session.lines[0]}\n${session.lines[2]}\n`)
  const second = await importPath(ctx, path)
  expect(second.sources[0]).toMatchObject({ outcome: 'rewritten', records: 2 })
  expect(second.sources[0]?.id).not.toBe(first.sources[0]?.id)
  expect(await hashSource(ctx, first.sources[0]?.id ?? '')).toBe(oldHash)
  expect(await hashSource(ctx, second.sources[0]?.id ?? '')).toBe(hashFile(path))
  const [event] = await ctx.db.execute<{ n: number }>(
    sql`select count(*)::int as n from history_events where event_type = 'source.rewritten' and event_data->>'path' = ${path}`,
  )
  expect(event?.n).toBe(1)
})

test('a copy that is the beginning of another source is counted and stored only once', async () => {
  const session = new Session()
  session.prompt('one')
  session.answer('1')
  const short = session.text()
  session.prompt('two')
  const folder = newFolder()
  writeFileSync(join(folder, 'a.jsonl'), short)
  writeFileSync(join(folder, 'b.jsonl'), session.text())
  const view = await importPath(ctx, folder)
  const copy = view.sources.find((source) => source.path.endsWith('a.jsonl'))
  expect(copy).toMatchObject({ records: 2, prompts: 1 })
  const [row] = await ctx.db
    .select()
    .from(transcriptSources)
    .where(eq(transcriptSources.id, copy?.id ?? ''))
  expect(row?.prefixOf).toBe(view.sources.find((source) => source.path.endsWith('b.jsonl'))?.id)
  expect(await hashSource(ctx, copy?.id ?? '')).toBe(hashFile(join(folder, 'a.jsonl')))
  expect((await findTask(session)).messageCount).toBe(3)
})

test('one session in two folders is one task, whether they are imported at once or one after the other', async () => {
  const session = new Session()
  session.prompt('one')
  session.answer('1')
  const early = session.text()
  const [here, there] = [newFolder(), newFolder()]
  writeFileSync(join(here, `${session.id}.jsonl`), early)
  writeFileSync(join(there, `${session.id}.jsonl`), early)
  const both = await Promise.all([importPath(ctx, here), importPath(ctx, there)])
  expect(both.flatMap((view) => view.sources.map((source) => [source.outcome, source.records]))).toEqual([
    ['new', 2],
    ['new', 2],
  ])
  expect((await findTask(session)).messageCount).toBe(2)
  session.prompt('two')
  writeFileSync(join(there, `${session.id}.jsonl`), session.text())
  await importPath(ctx, there)
  writeFileSync(join(here, `${session.id}.jsonl`), session.text())
  const last = await importPath(ctx, here)
  expect(await ctx.db.$count(tasks, eq(tasks.nativeSessionId, session.id))).toBe(1)
  const task = await findTask(session)
  expect(task.messageCount).toBe(3)
  expect(await listTexts(task.headSegmentId)).toEqual(['one', '1', 'two'])
  expect(await hashSource(ctx, last.sources[0]?.id ?? '')).toBe(hashFile(join(here, `${session.id}.jsonl`)))
})

test('a session forked inside the agent shares the contract and copies no message', async () => {
  const folder = newFolder()
  const origin = new Session()
  origin.prompt('shared prompt')
  origin.answer('shared answer')
  const shared = [...origin.lines]
  const tip = origin.parent
  origin.prompt('only the origin')
  const fork = new Session()
  fork.lines.push(...shared.map((line) => line.replaceAll(origin.id, fork.id)))
  fork.parent = tip
  fork.prompt('only the fork')
  fork.answer('answer in the fork')
  writeFileSync(join(folder, 'origin.jsonl'), origin.text())
  await importPath(ctx, folder)
  writeFileSync(join(folder, 'fork.jsonl'), fork.text())
  const view = await importPath(ctx, folder)
  expect(view.sources.find((source) => source.path.endsWith('fork.jsonl'))).toMatchObject({ records: 4, prompts: 2 })
  const [from, to] = [await findTask(origin), await findTask(fork)]
  expect(to).toMatchObject({ contractId: from.contractId, forkedFromTaskId: from.id, messageCount: 2 })
  const [segment] = await ctx.db
    .select()
    .from(segments)
    .where(eq(segments.id, to.headSegmentId ?? ''))
  expect(segment).toMatchObject({ parentSegmentId: from.headSegmentId, parentSeq: 2 })

  fork.prompt('the fork goes on')
  writeFileSync(join(folder, 'fork.jsonl'), fork.text())
  await importPath(ctx, folder)
  expect(await listTexts((await findTask(fork)).headSegmentId)).toEqual([
    'only the fork',
    'answer in the fork',
    'the fork goes on',
  ])
})

test('a session that carries out the plan of another joins its contract', async () => {
  const folder = newFolder()
  const plan = '# A plan to count sheep\n\n1. Find a fence with "posts"\n2. Count what jumps'
  const planner = new Session('/somewhere')
  planner.prompt('make a plan')
  const call = [{ type: 'tool_use', id: 'toolu_plan', name: 'ExitPlanMode', input: { plan } }]
  planner.record({
    type: 'assistant',
    message: { id: 'msg_plan', model: 'claude-opus-4-6', role: 'assistant', content: call },
  })
  const doer = new Session('/somewhere')
  doer.prompt(`Implement the following plan:\n\n${plan}`)
  const stranger = new Session('/elsewhere')
  stranger.prompt(`Implement the following plan:\n\n${plan}`)
  for (const session of [planner, doer, stranger]) writeFileSync(join(folder, `${session.id}.jsonl`), session.text())
  await importPath(ctx, folder)
  const [first, second, third] = [await findTask(planner), await findTask(doer), await findTask(stranger)]
  expect(second).toMatchObject({ contractId: first.contractId, continueFromTaskId: first.id, isSupervisor: false })
  expect(third.contractId).not.toBe(first.contractId)
})

test('an agent that rewound leaves the abandoned part readable and out of force', async () => {
  const session = new Session()
  session.prompt('start')
  const point = session.answer('ready')
  session.prompt('wrong way')
  session.answer('did the wrong thing')
  session.parent = point
  session.prompt('right way')
  const path = join(newFolder(), 'rewound.jsonl')
  writeFileSync(path, session.text())
  await importPath(ctx, path)
  const task = await findTask(session)
  expect(await listTexts(task.headSegmentId)).toEqual(['right way'])
  const all = await ctx.db.select().from(segments).where(eq(segments.taskId, task.id))
  expect(all.map((segment) => segment.length).sort()).toEqual([1, 4])
})

test('commits made during a session become checkpoints tied to the message before them', async () => {
  const repository = newFolder()
  const git = (at: number, ...args: string[]) => {
    const date = new Date(at).toISOString()
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@localhost', ...args], {
      cwd: repository,
      env: { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
    })
  }
  const session = new Session(repository)
  git(T0 - 3_600_000, 'init', '-q')
  git(T0 - 3_600_000, 'commit', '-q', '--allow-empty', '-m', 'long before')
  session.prompt('change it')
  const at = T0 + serial * 1000 - 1000
  writeFileSync(join(repository, 'a.txt'), 'a\n')
  git(at, 'add', '.')
  git(at, 'commit', '-q', '-m', 'made meanwhile')
  session.answer('done')
  session.answer('really done')
  const path = join(newFolder(), 'session.jsonl')
  writeFileSync(path, session.text())
  const view = await importPath(ctx, path)
  expect(view.checkpoints).toBe(1)
  const task = await findTask(session)
  const found = await ctx.db.select().from(taskCheckpoints).where(eq(taskCheckpoints.taskId, task.id))
  expect(found).toMatchObject([
    { number: 1, kind: 'commit', message: 'made meanwhile', files: 1, additions: 1, matchedBy: 'time' },
  ])
  expect((await importPath(ctx, path)).checkpoints).toBe(0)
  const [contract] = await ctx.db.select().from(contracts).where(eq(contracts.id, task.contractId))
  expect(contract).toMatchObject({ name: 'change it', checkpointCount: 1 })
})

test('what is no transcript is told with its reason and stops nothing else', async () => {
  const folder = newFolder()
  const session = new Session()
  session.prompt('fine')
  writeFileSync(join(folder, 'fine.jsonl'), session.text())
  writeFileSync(join(folder, 'empty.jsonl'), '')
  writeFileSync(join(folder, 'other.jsonl'), '{"some":"thing"}\n')
  writeFileSync(join(folder, 'binary.jsonl'), Buffer.from([0, 1, 2, 255, 254]))
  mkdirSync(join(folder, 'closed'))
  writeFileSync(join(folder, 'closed', 'x.jsonl'), 'x')
  chmodSync(join(folder, 'closed'), 0o000)
  const view = await importPath(ctx, folder)
  chmodSync(join(folder, 'closed'), 0o755)
  expect(view.state).toBe('done')
  const skipped = new Map(
    view.sources.flatMap((source) =>
      source.skipped ? [[source.path.slice(folder.length + 1), source.skipped] as const] : [],
    ),
  )
  expect(skipped.get('empty.jsonl')).toBe('The file is empty.')
  expect(skipped.get('other.jsonl')).toContain('No agent known to Makima')
  expect(skipped.get('binary.jsonl')).toContain('No agent known to Makima')
  expect(view.sources.find((source) => source.path.endsWith('fine.jsonl'))).toMatchObject({
    outcome: 'new',
    records: 1,
  })
})

test('linked folders are followed, each once, and a loop of links ends', async () => {
  const [folder, elsewhere] = [newFolder(), newFolder()]
  const session = new Session()
  session.prompt('behind a link')
  writeFileSync(join(elsewhere, `${session.id}.jsonl`), session.text())
  symlinkSync(elsewhere, join(folder, 'project'))
  symlinkSync(folder, join(folder, 'loop'))
  symlinkSync('/no/such/target', join(folder, 'gone.jsonl'))
  const view = await importPath(ctx, folder)
  expect(view.sources).toMatchObject([{ outcome: 'new', records: 1, sessionId: session.id }])
})

test('a path that is not there, not whole or no file is refused in a sentence', async () => {
  await expect(requestImport(ctx, { path: '/no/such/place' })).rejects.toThrow(
    'There is no file or folder at /no/such/place',
  )
  await expect(requestImport(ctx, { path: 'relative/path' })).rejects.toThrow('is not an absolute path')
  await expect(requestImport(ctx, { path: '/dev/null' })).rejects.toThrow('neither a file nor a folder')
})

test('garbage between records, glued records and NUL bytes are kept, counted and never fatal', async () => {
  const session = new Session()
  session.prompt('before the garbage')
  session.answer('with a NUL \u0000 inside')
  session.prompt('glued')
  session.record({ type: 'brand-new-kind', payload: { a: 1 } })
  const [first, second, third, fourth] = session.lines as [string, string, string, string]
  const path = join(newFolder(), 'odd.jsonl')
  writeFileSync(
    path,
    Buffer.concat([
      Buffer.from(`${first}\n%%% no json\n${second}\n\n${third}${fourth}\n`),
      Buffer.from([0xff, 0xfe, 0x0a]),
    ]),
  )
  const view = await importPath(ctx, path)
  expect(view.sources[0]).toMatchObject({ records: 4, prompts: 2, unknown: 1, bad: 2 })
  expect(view.sources[0]?.healed).toBeGreaterThan(0)
  expect(await hashSource(ctx, view.sources[0]?.id ?? '')).toBe(hashFile(path))
})

test('what another agent wrote than the one asked for is passed over and told', async () => {
  const session = new Session()
  session.prompt('whose am I')
  const folder = newFolder()
  writeFileSync(join(folder, 'talk.jsonl'), session.text())
  writeFileSync(join(folder, 'other.jsonl'), '{"what":"is this"}\n')
  writeFileSync(join(folder, 'package.json'), '{"name":"no transcript"}\n')
  const wrong = await importPath(ctx, folder, 'codex')
  expect(wrong.sources.map((source) => source.skipped)).toEqual([
    'Codex was asked for, but no record in it is one that Codex writes. The file was left as it is.',
    'Codex was asked for, but Claude Code wrote this. The file was left as it is.',
  ])
  expect(wrong.progress).toMatchObject({ sourcesTotal: 2, sourcesDone: 2 })
  const right = await importPath(ctx, folder, 'claude-code')
  expect(right.sources.map(({ path, outcome }) => [path, outcome])).toEqual([
    [join(folder, 'other.jsonl'), null],
    [join(folder, 'talk.jsonl'), 'new'],
  ])
})
