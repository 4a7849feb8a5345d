// What is forgotten is nowhere: neither in rows nor in files nor in git objects, and it does not come back.
import { execFileSync } from 'node:child_process'
import { createWriteStream, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { eq, isNull, sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { forgettings, tombstones } from '@/db/forget-tables'
import { contracts, shelfItems, taskCheckpoints, tasks } from '@/db/schema'
import { transcriptSources } from '@/db/talk-tables'
import { openContractFile } from '@/server/services/contract-file/write-contract'
import { getSlice } from '@/server/services/conversation'
import { getDiffWithPatches } from '@/server/services/diffs'
import { beginAct, eraseThing } from '@/server/services/forget/act'
import { allowAgain, getForgetting, previewForgetting, requestForgetting } from '@/server/services/forget/forget'
import type { ThingSubject } from '@/server/services/forget/forget-inputs'
import { getRetention, previewRetention, requestByAge, setRetention } from '@/server/services/forget/retention'
import { spellingsOf } from '@/server/services/forget/spellings'
import { NO_WORDS, PLACES, WORDS } from '@/server/services/forget/string-columns'
import { recordCommits } from '@/server/services/import/checkpoints'
import { importPath } from '@/server/services/import/test-import'
import { importTranscript } from '@/server/services/import/import-transcript'
import { requestCheckpoint, requestFork, requestRewind } from '@/server/services/operations'
import { createSample } from '@/server/services/sample'
import { indexSome } from '@/server/services/search-index'
import { shareCreateInput } from '@/server/services/shares/share-inputs'
import { createShare } from '@/server/services/shares/shares'
import { runForgetting } from './forget'
import { findCanary } from './test-canary'
import { createOperationsWorld, type OperationsWorld } from './test-world'

const CANARY = 'canary-7f3a9c'

let w: OperationsWorld
beforeEach(async () => {
  w = await createOperationsWorld()
})
afterEach(() => w.close())

const projects = () => join(w.world.root, 'projects')

/** A session as Claude Code writes it, in a repository of its own, in which the canary stands wherever it can. */
function writeSession(id: string, text: string, folder: string): string {
  const path = join(projects(), `${id}.jsonl`)
  mkdirSync(projects(), { recursive: true })
  const envelope = { sessionId: id, cwd: folder, version: '2.1.42', gitBranch: 'main', isSidechain: false }
  const ids = [0, 1, 2].map((n) => `${id.slice(0, -1)}${n}`.replace(/^./, 'a'))
  const at = (n: number) => new Date(Date.UTC(2026, 0, 2, 10, n)).toISOString()
  const lines = [
    {
      ...envelope,
      type: 'user',
      uuid: ids[0],
      parentUuid: null,
      timestamp: at(0),
      message: { role: 'user', content: `Do ${text} please` },
    },
    {
      ...envelope,
      type: 'assistant',
      uuid: ids[1],
      parentUuid: ids[0],
      timestamp: at(1),
      message: {
        id: `msg_${id.slice(0, 13)}`,
        role: 'assistant',
        model: 'claude-sonnet-4-5-20250929',
        content: [{ type: 'text', text: `I did ${text}.` }],
        usage: { input_tokens: 3, output_tokens: 4 },
      },
    },
  ]
  writeFileSync(path, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`)
  return path
}

async function taskOf(sessionId: string) {
  const [task] = await w.ctx.db.select().from(tasks).where(eq(tasks.nativeSessionId, sessionId))
  if (!task) throw new Error(`no task of ${sessionId}`)
  return task
}

async function forget(subject: ThingSubject) {
  const { planHash } = await previewForgetting(w.ctx, subject)
  const { id } = await requestForgetting(w.ctx, { ...subject, planHash })
  await runForgetting(w.ctx, id, 0)
  return getForgetting(w.ctx, { id })
}

async function indexAll() {
  while ((await indexSome(w.ctx)) > 0);
}

const FIRST = '11111111-2222-4333-8444-555555555550'
const OTHER = '99999999-2222-4333-8444-555555555550'

/** The canary in a prompt, an answer, a checkpoint's file and message, a fork, a rewind, a share, and events. */
async function makeWork() {
  const path = writeSession(FIRST, CANARY, w.world.folder)
  await importPath(w.ctx, path)
  const { id: taskId, contractId } = await taskOf(FIRST)
  w.world.write('secret.txt', `${CANARY}\n`)
  await w.perform(requestCheckpoint(w.ctx, { taskId, message: `Keeps ${CANARY}` }))
  w.world.write('more.txt', 'more\n')
  await w.perform(requestCheckpoint(w.ctx, { taskId, message: 'Second' }))
  const [first, second] = await w.ctx.db
    .select()
    .from(taskCheckpoints)
    .where(eq(taskCheckpoints.taskId, taskId))
    .orderBy(taskCheckpoints.number)
  await w.perform(requestRewind(w.ctx, { taskId, checkpointId: first?.id ?? '', preserveMode: 'discard' }))
  await w.perform(
    requestFork(w.ctx, {
      taskId,
      forkFromType: 'checkpoint',
      forkFromValue: second?.id ?? '',
      newTaskName: `Fork ${CANARY}`,
    }),
  )
  await createShare(w.ctx, shareCreateInput.parse({ taskId, title: `Look at ${CANARY}` }))
  await indexAll()
  w.world.remove('secret.txt')
  return { path, taskId, contractId }
}

test('a contract goes from rows, files and git objects, others keep theirs, and its file is passed over', async () => {
  const { path, contractId } = await makeWork()
  await w.say(['Something else'])
  const kept = await w.commitCheckpoint('Another task has this')
  const file = join(w.world.root, 'contract.makima')
  await pipeline((await openContractFile(w.ctx, { id: contractId })).stream, createWriteStream(file))
  const before = await getDiffWithPatches(w.ctx, { id: kept, against: 'parent' })
  expect(await findCanary(w.ctx, CANARY)).toEqual(
    expect.arrayContaining(['messages.text', 'transcript_chunks', 'share_pages.messages', 'task_checkpoints.message']),
  )

  const subject = { kind: 'contract', id: contractId, forks: false } as const
  const preview = await previewForgetting(w.ctx, subject)
  const numbers = Object.fromEntries(preview.counts.map(({ kind, n }) => [kind, n]))
  expect(numbers).toMatchObject({ contracts: 1, tasks: 2, messages: 2, transcripts: 1, checkpoints: 2, shares: 1 })
  expect(preview.blocked).toEqual([])
  expect(preview.remains.join(' ')).toContain(path)

  const done = await forget(subject)
  expect(done).toMatchObject({ state: 'done', error: null, isHeld: true })
  expect(await findCanary(w.ctx, CANARY)).toEqual([])
  expect(await getDiffWithPatches(w.ctx, { id: kept, against: 'parent' })).toEqual(before)
  const [act] = await w.ctx.db.select().from(forgettings)
  expect(act).toMatchObject({ plan: null, needle: null })
  await expectCountsRight()

  const again = await importPath(w.ctx, path)
  expect(again).toMatchObject({ state: 'done', totals: { sources: 0, skipped: 1, forgotten: 1 } })
  expect(again.sources[0]?.skipped).toMatch(/^It was forgotten here/)
  expect(await importTranscript(w.ctx, path, new AbortController().signal)).toBe(false)
  expect(await importPath(w.ctx, file)).toMatchObject({
    state: 'failed',
    error: expect.stringContaining('was forgotten here'),
  })
  expect((await findCanary(w.ctx, CANARY)).filter((place) => place !== 'import_sources.path')).toEqual([])

  await allowAgain(w.ctx, { id: done.id })
  expect(await importPath(w.ctx, path)).toMatchObject({ totals: { sources: 1, forgotten: 0 } })
  expect(await taskOf(FIRST)).toBeDefined()
})

/** The totals beside the history are those of its rows. */
async function expectCountsRight() {
  const wrong = await w.ctx.db.execute(sql`
    with counted as (select owner_id, event_type, count(*) as n from history_events group by 1, 2),
    noted as (select owner_id, event_type, sum(n) as n from history_counts where scope = 'owner' group by 1, 2)
    select * from counted full join noted using (owner_id, event_type) where counted.n is distinct from noted.n`)
  expect([...wrong]).toEqual([])
}

test('a copy under another name, one that grew, and one in another session are known again', async () => {
  const path = writeSession(FIRST, CANARY, w.world.folder)
  await importPath(w.ctx, path)
  const { contractId } = await taskOf(FIRST)
  await forget({ kind: 'contract', id: contractId, forks: false })
  const copy = join(projects(), 'copy.jsonl')
  writeFileSync(copy, readFileSync(path))
  writeFileSync(
    path,
    `${readFileSync(path, 'utf8')}${readFileSync(path, 'utf8')
      .split('\n')[1]
      ?.replaceAll(/"uuid":"."/g, '"uuid":"f')}\n`,
  )
  const forked = join(projects(), 'forked.jsonl')
  writeFileSync(forked, readFileSync(copy, 'utf8').replaceAll(FIRST, OTHER))
  for (const file of [copy, path, forked]) {
    expect(await importPath(w.ctx, file)).toMatchObject({ totals: { sources: 0, forgotten: 1 } })
  }
})

test('a task that others were forked from is kept unless they go too', async () => {
  const { taskId } = await makeWork()
  const subject = { kind: 'task', id: taskId, forks: false } as const
  const preview = await previewForgetting(w.ctx, subject)
  expect(preview.dependents).toMatchObject([{ taskName: `Fork ${CANARY}` }])
  await expect(requestForgetting(w.ctx, { ...subject, planHash: preview.planHash })).rejects.toMatchObject({
    code: 'conflict',
  })
  expect(await forget({ ...subject, forks: true })).toMatchObject({ state: 'done' })
  expect(await findCanary(w.ctx, CANARY)).toEqual([])
})

test('a fork goes alone, and its origin keeps its conversation and code', async () => {
  const { taskId } = await makeWork()
  const [fork] = await w.ctx.db.select().from(tasks).where(eq(tasks.forkedFromTaskId, taskId))
  const whole = () => getSlice(w.ctx, { taskId, from: 0, limit: 50 })
  const before = await whole()
  expect(await forget({ kind: 'task', id: fork?.id ?? '', forks: false })).toMatchObject({ state: 'done' })
  expect(await whole()).toEqual(before)
  expect(
    await w.ctx.db
      .select()
      .from(tasks)
      .where(eq(tasks.id, fork?.id ?? '')),
  ).toEqual([])
  expect(
    await w.ctx.db
      .select()
      .from(contracts)
      .where(eq(contracts.id, (await w.getTask(taskId)).contractId)),
  ).toHaveLength(1)
  const [event] = await w.ctx.db.execute(sql`select event_data from history_events where event_type = 'task.forgotten'`)
  expect(JSON.stringify(event)).not.toContain(CANARY)
  await expectCountsRight()
})

test('a transcript goes with the task that was read from it', async () => {
  const path = writeSession(FIRST, CANARY, w.world.folder)
  await importPath(w.ctx, path)
  const [source] = await w.ctx.db.select().from(transcriptSources)
  expect(await forget({ kind: 'transcript', id: source?.id ?? '', forks: false })).toMatchObject({ state: 'done' })
  expect(await findCanary(w.ctx, CANARY)).toEqual([])
})

test('a plan that moved changes nothing, neither when asked nor when the worker comes to it', async () => {
  const { taskId, contractId } = await makeWork()
  const subject = { kind: 'contract', id: contractId, forks: false } as const
  const { planHash } = await previewForgetting(w.ctx, subject)
  const queued = await requestForgetting(w.ctx, { ...subject, planHash })
  w.world.write('later.txt', 'later\n')
  await w.perform(requestCheckpoint(w.ctx, { taskId, message: 'Later' }))
  await expect(requestForgetting(w.ctx, { ...subject, planHash })).rejects.toMatchObject({ code: 'conflict' })
  await runForgetting(w.ctx, queued.id, 0)
  expect(await getForgetting(w.ctx, queued)).toMatchObject({
    state: 'failed',
    error: expect.stringContaining('has changed'),
  })
  expect(await w.getTask(taskId)).toBeDefined()
  expect(await w.ctx.db.select().from(tombstones)).toEqual([])
})

test('cut off after the rows, it ends whole at the next try', async () => {
  const { contractId } = await makeWork()
  const subject = { kind: 'contract', id: contractId, forks: false } as const
  const { planHash } = await previewForgetting(w.ctx, subject)
  const { id } = await requestForgetting(w.ctx, { ...subject, planHash })
  // As far as a worker came that was killed before it reached the store.
  const act = await beginAct(w.ctx, id)
  if (act) await eraseThing(w.ctx, act)
  expect((await findCanary(w.ctx, CANARY)).some((place) => place.includes('.git blob'))).toBe(true)
  expect(await getForgetting(w.ctx, { id })).toMatchObject({ state: 'running' })
  await runForgetting(w.ctx, id, 0)
  expect(await getForgetting(w.ctx, { id })).toMatchObject({ state: 'done' })
  expect(await findCanary(w.ctx, CANARY)).toEqual([])
})

test('an operation that waits, and a key, are refused', async () => {
  const { taskId, contractId } = await makeWork()
  await requestCheckpoint(w.ctx, { taskId, message: 'Waits' })
  const subject = { kind: 'contract', id: contractId, forks: false } as const
  const { planHash, blocked } = await previewForgetting(w.ctx, subject)
  expect(blocked).toHaveLength(1)
  await expect(requestForgetting(w.ctx, { ...subject, planHash })).rejects.toThrow(/not finished/)
  const withKey = { ...w.ctx, actor: { ...w.ctx.actor, keyId: w.taskId } }
  await expect(requestForgetting(withKey, { ...subject, planHash })).rejects.toMatchObject({ code: 'forbidden' })
})

test('the person’s own repository is not touched', async () => {
  const { contractId } = await makeWork()
  const look = () =>
    execFileSync('git', ['for-each-ref'], { cwd: w.world.folder }).toString() + w.world.git('status', '--porcelain')
  const before = look()
  await forget({ kind: 'contract', id: contractId, forks: false })
  expect(look()).toBe(before)
})

test('the sample goes with its folder and its store, which nothing else knows of', async () => {
  const { contractId } = await createSample(w.ctx)
  const stores = () => readdirSync(join(w.home, 'stores')).filter((name) => name.endsWith('.git'))
  const before = stores().length
  expect(await forget({ kind: 'contract', id: contractId, forks: false })).toMatchObject({ state: 'done' })
  expect(readdirSync(join(w.home, 'sample'))).toEqual([])
  expect(stores()).toHaveLength(before - 1)
  expect((await createSample(w.ctx)).contractId).not.toBe(contractId)
})

const SECRET = 'hun/ter"2-\u00fc-geheim'

/** A string in a title, a prompt, an answer, a tool call's arguments, a checkpoint's file, a share and a log. */
async function spreadSecret() {
  const path = writeSession(FIRST, SECRET, w.world.folder)
  await importPath(w.ctx, path)
  const { id: taskId } = await taskOf(FIRST)
  w.world.write('clean.txt', 'clean\n')
  const clean = await w.perform(requestCheckpoint(w.ctx, { taskId, message: 'Clean' }))
  w.world.write('secret.json', JSON.stringify({ token: SECRET }))
  await w.perform(requestCheckpoint(w.ctx, { taskId, message: `Holds ${SECRET}` }))
  w.world.remove('secret.json')
  await createShare(w.ctx, shareCreateInput.parse({ taskId, title: `On ${SECRET}` }))
  mkdirSync(join(w.home, 'logs'), { recursive: true })
  writeFileSync(join(w.home, 'logs', 'web.log'), `said ${SECRET}\n`)
  await indexAll()
  return { path, taskId, clean }
}

async function forgetString(string: string, keepCode = false) {
  const subject = { kind: 'string', string, keepCode } as const
  const { planHash } = await previewForgetting(w.ctx, subject)
  const { id } = await requestForgetting(w.ctx, { ...subject, planHash })
  await runForgetting(w.ctx, id, 0)
  return getForgetting(w.ctx, { id })
}

test('a string is nowhere any more, the rest reads as before, and its file brings it back neither whole nor grown', async () => {
  const { path, taskId } = await spreadSecret()
  const whole = async () => (await getSlice(w.ctx, { taskId, from: 0, limit: 50 })).messages
  const before = await whole()
  const spellings = spellingsOf(SECRET)
  expect(await findCanary(w.ctx, ...spellings)).toEqual(
    expect.arrayContaining([
      'messages.text',
      'tasks.name',
      'contracts.name',
      'share_pages.messages',
      'transcript_chunks',
    ]),
  )
  const preview = await previewForgetting(w.ctx, { kind: 'string', string: SECRET, keepCode: false })
  expect(Object.fromEntries(preview.counts.map(({ kind, n }) => [kind, n]))).toMatchObject({
    messages: 2,
    transcripts: 1,
    titles: 2,
    codeSnapshots: 1,
  })
  expect(preview.name).toBeNull()

  expect(await forgetString(SECRET)).toMatchObject({ state: 'done', error: null })
  expect(await findCanary(w.ctx, ...spellings)).toEqual([])
  const after = await whole()
  expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id))
  expect(JSON.stringify(after)).toContain('I did *****')
  const checkpoints = await w.ctx.db.select().from(taskCheckpoints).where(eq(taskCheckpoints.taskId, taskId))
  expect(checkpoints.map(({ message }) => message)).toEqual(['Clean'])
  const [source] = await w.ctx.db.select().from(transcriptSources)
  expect(source).toMatchObject({ blanked: 2, bytes: readFileSync(path).length })

  expect((await importPath(w.ctx, path)).sources[0]?.outcome).toBe('unchanged')
  const said = JSON.parse(readFileSync(path, 'utf8').split('\n')[1] ?? '') as { uuid: string; message: object }
  const uuid = said.uuid.replace(/^./, 'f')
  const message = { ...said.message, id: 'msg_more', content: [{ type: 'text', text: `More of ${SECRET}` }] }
  const more = JSON.stringify({ ...said, uuid, parentUuid: said.uuid, message })
  writeFileSync(path, `${readFileSync(path, 'utf8')}${more}\n`)
  expect((await importPath(w.ctx, path)).sources[0]?.outcome).toBe('grown')
  const other = writeSession(OTHER, SECRET, w.world.folder)
  await importPath(w.ctx, other)
  await indexAll()
  expect(await findCanary(w.ctx, ...spellings)).toEqual([])
  expect((await whole()).length).toBeGreaterThan(after.length)
})

test('a contract’s file from before brings the string back neither in words nor in files', async () => {
  const { taskId } = await spreadSecret()
  const { contractId } = await w.getTask(taskId)
  const file = join(w.world.root, 'before.makima')
  await pipeline((await openContractFile(w.ctx, { id: contractId })).stream, createWriteStream(file))
  await forgetString(SECRET)
  const { id } = await forget({ kind: 'contract', id: contractId, forks: false })
  await allowAgain(w.ctx, { id })
  const report = await importPath(w.ctx, file)
  expect(report).toMatchObject({ state: 'failed', error: expect.stringContaining('holds a string that was forgotten') })
  expect(await findCanary(w.ctx, ...spellingsOf(SECRET))).toEqual([])
})

test('with the code kept, only words are blanked', async () => {
  const { taskId } = await spreadSecret()
  const subject = { kind: 'string', string: SECRET, keepCode: true } as const
  expect((await previewForgetting(w.ctx, subject)).remains[0]).toMatch(/^1 saved states/)
  await forgetString(SECRET, true)
  const rows = await w.ctx.db.select().from(taskCheckpoints).where(eq(taskCheckpoints.taskId, taskId))
  expect(rows).toHaveLength(2)
  expect((await findCanary(w.ctx, ...spellingsOf(SECRET))).every((place) => place.includes('.git '))).toBe(true)
})

test('a commit of the person that holds it makes no checkpoint again', async () => {
  const { id: taskId } = await (async () => {
    await importPath(w.ctx, writeSession(FIRST, 'harmless', w.world.folder))
    return taskOf(FIRST)
  })()
  w.world.write('secret.json', JSON.stringify({ token: SECRET }))
  await w.commitCheckpoint(`Adds ${SECRET}`, taskId)
  await forgetString(SECRET)
  const commit = {
    sha: w.world.git('rev-parse', 'HEAD'),
    tree: w.world.git('rev-parse', 'HEAD^{tree}'),
    parents: [],
    subject: `Adds ${SECRET}`,
    committedAt: new Date(),
    filesChanged: 1,
    additions: 1,
    deletions: 0,
  }
  const match = { commit: commit as never, matchedBy: 'time' as const, externalId: null, branch: null, position: null }
  expect(await recordCommits(w.ctx, taskId, [match])).toEqual([])
  expect(await findCanary(w.ctx, ...spellingsOf(SECRET))).toEqual([])
})

test('a short string, and one that records are made of, are refused', async () => {
  await spreadSecret()
  await expect(forgetString('short')).rejects.toThrow(/at least 6/)
  await expect(forgetString('assistant')).rejects.toMatchObject({ code: 'conflict' })
  await expect(forgetString(FIRST)).rejects.toMatchObject({ code: 'conflict' })
})

test('every column that can hold words is blanked or left on purpose', async () => {
  const columns = await w.ctx.db.execute<{ name: string }>(sql`
    select c.table_name || '.' || c.column_name as name from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.data_type in ('text', 'json', 'jsonb', 'ARRAY')
      and c.table_name not like 'history\\_events\\_%' order by 1`)
  const known = new Set([
    ...Object.entries(WORDS).flatMap(([table, names]) => Object.keys(names).map((name) => `${table}.${name}`)),
    ...Object.entries(PLACES).flatMap(([table, names]) => names.map((name) => `${table}.${name}`)),
    ...Object.entries(NO_WORDS).flatMap(([table, names]) => names.split(' ').map((name) => `${table}.${name}`)),
  ])
  expect(columns.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([])
})

const DAY_MS = 86_400_000

test('with days set, what is older goes by kind, the rest stays, and without days nothing does', async () => {
  const { taskId, contractId } = await makeWork()
  await w.say(['An old word'])
  await w.commitCheckpoint('An old checkpoint')
  const later = (days: number) => ({ ...w.ctx, now: () => new Date(Date.now() + days * DAY_MS) })
  expect(await requestByAge(later(400))).toBeNull()

  await setRetention(w.ctx, { codeSnapshots: 30, shelf: 60 })
  expect(await getRetention(w.ctx)).toMatchObject({ codeSnapshots: 30, shelf: 60, transcripts: null })
  const preview = await previewRetention(later(40), {})
  expect(Object.fromEntries(preview.counts.map(({ kind, n }) => [kind, n]))).toMatchObject({ checkpoints: 3 })
  const first = await requestByAge(later(40))
  await runForgetting(later(40), first ?? '', 0)
  expect(await w.ctx.db.$count(taskCheckpoints)).toBe(0)
  expect(await w.ctx.db.$count(shelfItems, isNull(shelfItems.emptiedAt))).toBeGreaterThan(0)
  expect(await w.getTask(taskId)).toMatchObject({ contractId })
  const [contract] = await w.ctx.db.select().from(contracts).where(eq(contracts.id, contractId))
  expect(contract?.checkpointCount).toBe(0)

  const second = await requestByAge(later(70))
  await runForgetting(later(70), second ?? '', 0)
  expect(await w.ctx.db.$count(shelfItems, isNull(shelfItems.emptiedAt))).toBe(0)
  expect((await findCanary(w.ctx, CANARY)).filter((place) => place.includes('.git '))).toEqual([])

  // The forked one is as old as its origin; another task goes on.
  await setRetention(w.ctx, { transcripts: 100 })
  const fresh = await w.addTask('Goes on', { lastActivityAt: later(199).now() })
  const third = await requestByAge(later(200))
  await runForgetting(later(200), third ?? '', 0)
  expect((await w.ctx.db.select().from(tasks)).map(({ id }) => id)).toEqual([fresh])
  expect(await findCanary(w.ctx, CANARY)).toEqual([])
  expect(await requestByAge(later(200))).toBeNull()
  await expectCountsRight()
})

test('a session that a younger fork stands on stays with it', async () => {
  const { taskId } = await makeWork()
  const at = new Date(Date.now() + 199 * DAY_MS)
  await w.ctx.db.update(tasks).set({ lastActivityAt: at }).where(eq(tasks.forkedFromTaskId, taskId))
  await setRetention(w.ctx, { transcripts: 100 })
  const later = { ...w.ctx, now: () => new Date(Date.now() + 200 * DAY_MS) }
  const id = await requestByAge(later)
  if (id) await runForgetting(later, id, 0)
  expect(await w.getTask(taskId)).toBeDefined()
})
