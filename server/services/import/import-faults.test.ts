// Imports in which something goes wrong half-way: the fault stays with the source that has it.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '@/db/ids'
import { imports } from '@/db/schema'
import { type TestDatabase, createTestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { type Candidate, fileCandidate } from './candidates'
import { importFiles } from './import-files'
import { importTranscript } from './import-transcript'
import type { Run } from './import-group'
import { ImportReport } from './import-report'
import { ProgressReporter } from './progress'
import { SessionPlaces } from './session-places'
import { getImport } from '@/server/services/imports'
import { createTestContext, importPath } from './test-import'

let database: TestDatabase
let ctx: Context
beforeAll(async () => {
  database = await createTestDatabase()
  ctx = await createTestContext(database)
})
afterAll(() => database.close())

const newFolder = () => mkdtempSync(join(tmpdir(), 'makima-faults-'))

function prompts(sessionId: string, count: number, text = 'a prompt'): string {
  let parentUuid: string | null = null
  let lines = ''
  for (let n = 0; n < count; n++) {
    const uuid = crypto.randomUUID()
    const timestamp = new Date(Date.UTC(2026, 0, 5) + n * 1000).toISOString()
    const message = { role: 'user', content: `${text} ${n}` }
    const envelope = { parentUuid, isSidechain: false, cwd: '/nowhere', sessionId, version: '2.1.42' }
    lines += `${JSON.stringify({ ...envelope, type: 'user', timestamp, uuid, message })}\n`
    parentUuid = uuid
  }
  return lines
}

async function newRun(): Promise<Run> {
  const importId = newId()
  await ctx.db.insert(imports).values({ id: importId, ownerId: ctx.actor.ownerId, path: '/', createdAt: ctx.now() })
  return {
    ctx,
    importId,
    signal: new AbortController().signal,
    agent: null,
    progress: new ProgressReporter(ctx, importId),
    places: new SessionPlaces(ctx),
    report: new ImportReport(ctx, importId),
  }
}

const diskFails = () => {
  throw Object.assign(new Error('i/o error'), { code: 'EIO' })
}

/** A file at which something happens after some bytes, from the second time on that it is opened. */
function interrupted(real: Candidate, afterBytes: number, happens: () => void): Candidate {
  let opened = 0
  async function* open(from: number) {
    opened += 1
    let read = 0
    for await (const piece of real.open(from)) {
      yield piece
      read += piece.length
      if (opened > 1 && read > afterBytes) happens()
    }
  }
  return { ...real, open }
}

test('a disk that fails in the middle of a file costs that file only', async () => {
  const folder = newFolder()
  for (const [name, count] of [['broken', 16_000] as const, ['fine', 2] as const])
    writeFileSync(join(folder, `${name}.jsonl`), prompts(crypto.randomUUID(), count, 'x'.repeat(1000)))
  const broken = interrupted(await fileCandidate(join(folder, 'broken.jsonl')), 9_000_000, diskFails)
  const run = await newRun()
  await importFiles(run, [broken, await fileCandidate(join(folder, 'fine.jsonl'))], [])
  expect(run.report.totals).toMatchObject({ sources: 1, skipped: 1, messages: 2 })
  const view = await importPath(ctx, folder)
  expect(view.sources.map((source) => [source.outcome, source.prompts]).sort()).toEqual([
    ['new', 16_000],
    ['unchanged', 2],
  ])
})

/** What someone else does to a file between the first look at it and the reading of all of it. */
async function meddled(path: string, change: () => void): Promise<Candidate> {
  const real = await fileCandidate(path)
  let opened = 0
  return {
    ...real,
    open: (from) => {
      opened += 1
      if (opened === 2) change()
      return real.open(from)
    },
  }
}

test.each([
  ['goes away', (path: string) => rmSync(path), 'It went away while it was read.'],
  ['is cut short', (path: string) => truncateSync(path, 500_000), 'It became shorter while it was read.'],
])(
  'a file that %s while its session is read is told, and the other files of the session are imported',
  async (_, change, sentence) => {
    const folder = newFolder()
    const session = crypto.randomUUID()
    const [path, copy] = [join(folder, 'a.jsonl'), join(folder, 'b.jsonl')]
    writeFileSync(path, prompts(session, 3000, 'w'.repeat(1000)))
    writeFileSync(copy, prompts(session, 2))
    const run = await newRun()
    await importFiles(run, [await meddled(path, () => change(path)), await fileCandidate(copy)], [])
    expect(run.report.totals).toMatchObject({ sources: 1, skipped: 1, messages: 2 })
    expect(run.progress.state).toMatchObject({ sourcesDone: 2, bytesDone: run.progress.state.bytesTotal })
    const { sources } = await getImport(ctx, { id: run.importId, sourcesLimit: 10 })
    expect(sources.find((source) => source.path === path)?.skipped).toContain(sentence)
    const [kept] = await database.sql`
    select (select count(*) from messages m join segments g on g.id = m.segment_id where g.task_id = t.id)::int as messages,
      (select count(*) from transcript_sources where path = ${path})::int as sources
    from tasks t where native_session_id = ${session}`
    expect(kept).toEqual({ messages: 2, sources: 0 })
  },
)

test.skipIf(process.getuid?.() === 0)('a file and a folder that may not be read are told with what to do', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'closed.jsonl'), prompts(crypto.randomUUID(), 1), { mode: 0o000 })
  writeFileSync(join(folder, 'open.jsonl'), prompts(crypto.randomUUID(), 1))
  mkdirSync(join(folder, 'project'), { mode: 0o000 })
  const view = await importPath(ctx, folder)
  chmodSync(join(folder, 'project'), 0o755)
  const told = view.sources.filter((source) => source.skipped?.includes('Give the account that runs Makima leave'))
  expect(told.map((source) => source.path).sort()).toEqual([join(folder, 'closed.jsonl'), join(folder, 'project')])
  expect(view.totals).toMatchObject({ sources: 1, skipped: 2 })
})

test('a full disk of the database ends the import in a sentence, keeps whole sessions only, and the next import goes on', async () => {
  const folder = newFolder()
  const [first, second] = [crypto.randomUUID(), crypto.randomUUID()]
  writeFileSync(join(folder, 'first.jsonl'), prompts(first, 2))
  writeFileSync(join(folder, 'second.jsonl'), prompts(second, 9_000, 'the disk is full'))
  await database.sql.unsafe(`
    create function no_room() returns trigger language plpgsql as $$
    begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$;
    create trigger no_room before insert on messages for each row when (new.text = 'the disk is full 8999') execute function no_room()`)
  const view = await importPath(ctx, folder)
  expect(view).toMatchObject({ state: 'failed', error: expect.stringContaining('The disk of the database is full.') })
  const count = () => database.sql`
    select native_session_id as session, count(*)::int as pieces from transcript_sources s join transcript_chunks c on c.source_id = s.id
    where native_session_id in (${first}, ${second}) group by 1`
  expect(await count()).toEqual([{ session: first, pieces: 1 }])
  const [left] = await database.sql`
    select count(*)::int as n from transcript_chunks where source_id not in (select id from transcript_sources)`
  expect(left?.n).toBe(0)
  await database.sql.unsafe('drop trigger no_room on messages')
  const again = await importPath(ctx, folder)
  expect(again.sources.map((source) => [source.outcome, source.prompts]).sort()).toEqual([
    ['new', 9_000],
    ['unchanged', 2],
  ])
})

test('an import that is broken off leaves nothing half done and a database that goes on', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'long.jsonl'), prompts(crypto.randomUUID(), 16_000, 'y'.repeat(1000)))
  const file = await fileCandidate(join(folder, 'long.jsonl'))
  for (const bytes of [0, 6_000_000, 15_000_000]) {
    const stop = new AbortController()
    const run = { ...(await newRun()), signal: stop.signal }
    await expect(importFiles(run, [interrupted(file, bytes, () => stop.abort())], [])).rejects.toThrow(/abort/i)
  }
  expect((await importPath(ctx, folder)).sources).toMatchObject([{ outcome: 'new', prompts: 16_000 }])
})

test('a first prompt of many megabytes is read as what it is, under its own session', async () => {
  const folder = newFolder()
  const [bare, led] = [crypto.randomUUID(), crypto.randomUUID()]
  const lead = { type: 'file-history-snapshot', messageId: crypto.randomUUID(), snapshot: {}, isSnapshotUpdate: false }
  writeFileSync(join(folder, 'bare.jsonl'), prompts(bare, 1, 'z'.repeat(6_000_000)))
  writeFileSync(join(folder, 'led.jsonl'), `${JSON.stringify(lead)}\n${prompts(led, 1, 'z'.repeat(6_000_000))}`)
  const view = await importPath(ctx, folder)
  expect(view.sources.map((source) => source.sessionId).sort()).toEqual([bare, led].sort())
})

test.skipIf(process.platform !== 'linux')(
  'a file whose name is no text is told by itself, and the rest of its folder is imported',
  async () => {
    const folder = newFolder()
    for (let n = 0; n < 20; n++) {
      writeFileSync(join(folder, `${n}.jsonl`), prompts(crypto.randomUUID(), 1))
      execFileSync('bash', ['-c', `printf x > $'odd-${n}-\\xff.jsonl'`], { cwd: folder })
    }
    const view = await importPath(ctx, folder)
    expect(view.totals).toMatchObject({ sources: 20, skipped: 20 })
    expect(view.sources.filter((source) => source.skipped).map((source) => source.path)).not.toContain(folder)
  },
)

test('a session whose id holds a NUL is imported', async () => {
  const path = join(newFolder(), 'odd.jsonl')
  writeFileSync(path, prompts('odd\u0000id', 2))
  expect((await importPath(ctx, path)).sources).toMatchObject([{ sessionId: 'oddid', prompts: 2 }])
})

test('a session whose rows another transaction locks the other way round is imported all the same', async () => {
  const path = join(newFolder(), 'locked.jsonl')
  const session = crypto.randomUUID()
  const all = prompts(session, 6)
  writeFileSync(path, all.slice(0, all.indexOf('a prompt 3')).replace(/\n[^\n]*$/, '\n'))
  const first = await importPath(ctx, path)
  const taskId = first.sources[0]?.taskId ?? ''
  writeFileSync(path, all)
  const growing: ReturnType<typeof importPath>[] = []
  await database.sql
    .begin(async (other) => {
      await other`update tasks set name = name where id = ${taskId}`
      growing.push(importPath(ctx, path))
      // Now the import holds the contract and waits for the task.
      for (let waits = false; !waits; ) {
        const rows = await database.sql`
          select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
        waits = rows.length > 0
      }
      await other`update contracts set name = name where id = (select contract_id from tasks where id = ${taskId})`
    })
    .catch(() => undefined)
  expect(await Promise.all(growing)).toMatchObject([{ sources: [{ outcome: 'grown', prompts: 6 }] }])
})

test('far more sessions than there are connections are read at the same moment', async () => {
  const folder = newFolder()
  const paths = Array.from({ length: 20 }, (_, n) => join(folder, `${n}.jsonl`))
  // Each works in a repository that Makima has not met, which is recorded while the session's transaction is open.
  for (const [n, path] of paths.entries()) {
    const repository = join(folder, `repository-${n}`)
    execFileSync('git', ['init', '-q', repository])
    writeFileSync(path, prompts(crypto.randomUUID(), 1).replaceAll('/nowhere', repository))
  }
  const { signal } = new AbortController()
  expect(await Promise.all(paths.map((path) => importTranscript(ctx, path, signal)))).toEqual(paths.map(() => true))
})
