// What is forgotten is nowhere: neither in rows nor in files nor in git objects, and it does not come back.
import { execFileSync } from 'node:child_process'
import { createWriteStream, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { eq, sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { forgettings, tombstones } from '@/db/forget-tables'
import { contracts, taskCheckpoints, tasks } from '@/db/schema'
import { transcriptSources } from '@/db/talk-tables'
import { openContractFile } from '@/server/services/contract-file/write-contract'
import { getSlice } from '@/server/services/conversation'
import { getDiffWithPatches } from '@/server/services/diffs'
import { beginAct, eraseThing } from '@/server/services/forget/act'
import { allowAgain, getForgetting, previewForgetting, requestForgetting } from '@/server/services/forget/forget'
import type { ThingSubject } from '@/server/services/forget/forget-inputs'
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
  await expect(previewForgetting(withKey, subject)).rejects.toMatchObject({ code: 'forbidden' })
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
