import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { newId } from '@/db/ids'
import { daemons, imports, operations, repositories, shelfItems } from '@/db/schema'
import { requestImport } from '@/server/services/imports'
import { requestRewind, waitForOperation } from '@/server/services/operations'
import { buildWorker, startWorker, type WorkerProcess } from './test-process'
import { createOperationsWorld, type OperationsWorld, STORY_START } from './test-world'

let bundle: Awaited<ReturnType<typeof buildWorker>>
let w: OperationsWorld
let workers: WorkerProcess[] = []

beforeAll(async () => {
  bundle = await buildWorker()
})
afterAll(() => bundle.remove())
beforeEach(async () => {
  w = await createOperationsWorld()
})
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.kill()))
  workers = []
  await w.close()
})

const start = () => {
  const worker = startWorker(bundle.file, { url: w.database.url, home: w.home })
  workers.push(worker)
  return worker
}

const ownDaemon = async () => {
  const rows = await w.ctx.db.select().from(daemons)
  return rows.find((row) => row.id !== w.daemonId)
}

async function until(look: () => Promise<boolean>, what: string): Promise<void> {
  for (let n = 0; n < 300; n++) {
    if (await look().catch(() => false)) return
    await sleep(100)
  }
  throw new Error(`${what}\n${workers.map((worker) => worker.log()).join('\n')}`)
}

async function twoCheckpoints(): Promise<string> {
  w.world.write('a.txt', 'one\n')
  const first = await w.commitCheckpoint('one')
  w.world.write('a.txt', 'two\n')
  await w.commitCheckpoint('two')
  return first
}

test('a worker tells that it lives, does what waits, measures the shelf, packs the store and stops when asked', async () => {
  const first = await twoCheckpoints()
  const worker = start()
  const asked = await requestRewind(w.ctx, { taskId: w.taskId, checkpointId: first })
  const done = await waitForOperation(w.ctx, { id: asked.id })
  expect(done.state).toBe('done')
  expect(w.world.read('a.txt')).toBe('one\n')
  const daemon = await ownDaemon()
  expect(daemon?.pid).toBe(worker.child.pid)
  await until(async () => (await w.ctx.db.select().from(shelfItems))[0]?.sizeBytes !== 0, 'the shelf was not measured')
  await until(
    async () => (await w.ctx.db.select().from(repositories))[0]?.packedAt !== null,
    'the store was not packed',
  )
  expect(await worker.kill('SIGTERM')).toBe(0)
  const stopped = await ownDaemon()
  expect(stopped?.heartbeatAt.getTime()).toBeLessThan(Date.now() - 60_000)
})

test('a restarted worker keeps its name, and a second one beside it is refused', async () => {
  const worker = start()
  await until(async () => (await ownDaemon()) !== undefined, 'the worker did not register')
  const before = await ownDaemon()
  const second = start()
  await until(async () => second.child.exitCode !== null, 'the second worker went on')
  expect(second.child.exitCode).not.toBe(0)
  expect(second.log()).toContain('Another worker already serves this data folder')
  await worker.kill()
  start()
  await until(async () => (await ownDaemon())?.pid === workers.at(-1)?.child.pid, 'the new worker did not register')
  expect((await ownDaemon())?.id).toBe(before?.id)
})

test('a worker outlives a database that throws it out, and goes on when it is back', async () => {
  const first = await twoCheckpoints()
  const worker = start()
  await until(async () => (await ownDaemon()) !== undefined, 'the worker did not register')
  for (let n = 0; n < 5; n++) {
    await w.database.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and application_name <> 'makima-test'`
    await sleep(200)
  }
  const asked = await requestRewind(w.ctx, { taskId: w.taskId, checkpointId: first })
  const done = await waitForOperation(w.ctx, { id: asked.id })
  expect(`${done.state} ${done.error?.detail ?? ''}`.trim()).toBe('done')
  expect(worker.child.exitCode).toBeNull()
})

test('a worker whose first question for jobs failed begins anew instead of never asking again', async () => {
  const first = await twoCheckpoints()
  const rename = (from: string, to: string) =>
    w.ctx.db.execute(sql`alter table graphile_worker.${sql.identifier(from)} rename to ${sql.identifier(to)}`)
  await rename('_private_tasks', 'away')
  const worker = start()
  await until(async () => worker.log().includes('no job can be asked for'), 'the worker did not notice')
  await rename('away', '_private_tasks')
  const asked = await requestRewind(w.ctx, { taskId: w.taskId, checkpointId: first })
  expect((await waitForOperation(w.ctx, { id: asked.id })).state).toBe('done')
})

test('a job that got lost is added again', async () => {
  const first = await twoCheckpoints()
  const asked = await requestRewind(w.ctx, { taskId: w.taskId, checkpointId: first })
  await w.ctx.db.execute(sql`select graphile_worker.remove_job(${asked.id})`)
  await w.ctx.db
    .update(operations)
    .set({ createdAt: new Date(Date.now() - 120_000) })
    .where(eq(operations.id, asked.id))
  start()
  const done = await waitForOperation(w.ctx, { id: asked.id, timeoutMs: 40_000 })
  expect(done.state).toBe('done')
})

test('a job over which the worker died twice is ended, its import says so, and the worker goes on', async () => {
  const { importId, path } = await importOfMany()
  for (let death = 0, holder = ''; death < 2; death++) {
    const worker = start()
    holder = await untilTaken(importId, holder)
    await worker.kill()
  }
  start()
  await until(async () => (await importRow(importId))?.state === 'failed', 'the import was tried again')
  expect((await importRow(importId))?.error).toMatch(/^The worker ended twice while it read this/)
  const first = await twoCheckpoints()
  const asked = await requestRewind(w.ctx, { taskId: w.taskId, checkpointId: first })
  expect((await waitForOperation(w.ctx, { id: asked.id })).state).toBe('done')
  rmSync(path, { recursive: true })
})

test('a worker that is asked to end in the middle of a job has not died over it', async () => {
  const { importId, path } = await importOfMany()
  for (let stop = 0, holder = ''; stop < 3; stop++) {
    const worker = start()
    // A job that failed is tried again after a pause.
    await w.ctx.db.execute(sql`update graphile_worker._private_jobs set run_at = now()`)
    holder = await untilTaken(importId, holder)
    await worker.kill('SIGTERM')
  }
  expect((await importRow(importId))?.state).toBe('running')
  expect(await w.ctx.db.execute(sql`select * from job_deaths`)).toHaveLength(0)
  rmSync(path, { recursive: true })
})

/** An import that takes a while: many sessions, none of them short. */
async function importOfMany() {
  const path = join(w.world.root, 'many')
  mkdirSync(path)
  for (let n = 0; n < 40; n++) {
    const sessionId = newId()
    const lines = Array.from({ length: 3_000 }, (_, line) =>
      JSON.stringify({
        type: 'user',
        sessionId,
        uuid: newId(),
        parentUuid: null,
        timestamp: new Date(STORY_START + line).toISOString(),
        cwd: '/nowhere',
        message: { role: 'user', content: `number ${line} ${'x'.repeat(400)}` },
      }),
    )
    writeFileSync(join(path, `${sessionId}.jsonl`), `${lines.join('\n')}\n`)
  }
  const { importId } = await requestImport(w.ctx, { path })
  return { importId, path }
}

const importRow = async (id: string) => (await w.ctx.db.select().from(imports).where(eq(imports.id, id)))[0]

/** Who is at the import, if another than before. */
async function holderOtherThan(former: string): Promise<string | null> {
  const [job] = await w.ctx.db.execute<{ by: string | null }>(
    sql`select locked_by as by from graphile_worker.jobs where task_identifier = 'import'`,
  )
  return job?.by && job.by !== former ? job.by : null
}

/** Waits until a fresh worker is at the import, and answers with its name. */
async function untilTaken(importId: string, former: string): Promise<string> {
  let holder = ''
  await until(async () => {
    holder = (await holderOtherThan(former)) ?? ''
    return holder !== '' && (await importRow(importId))?.state === 'running'
  }, 'the job was not taken')
  return holder
}
