// Contracts' files that somebody changed on purpose: nothing of them runs, nothing of them comes into another's work.
import { randomBytes } from 'node:crypto'
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import * as yauzl from 'yauzl'
import { ZipFile } from 'yazl'
import { newId } from '@/db/ids'
import { runs } from '@/db/run-tables'
import { contracts, operations } from '@/db/schema'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { openContractFile } from '@/server/services/contract-file/write-contract'
import { createTestContext, importPath } from '@/server/services/import/test-import'
import { listAbandoned } from '@/server/services/operation-journal'
import { requestRewind, requestUndo } from '@/server/services/operations'
import { createSample } from '@/server/services/sample'
import { listForgotten } from '@/server/services/runs/run-state'
import { createOperationsWorld, type OperationsWorld } from './test-world'

type Entries = Map<string, Buffer>
type Row = Record<string, unknown>

let w: OperationsWorld
let database: TestDatabase
let there: Context
let honest: Entries
let file: string

beforeAll(async () => {
  w = await createOperationsWorld()
  const { contractId } = await createSample(w.ctx)
  const [task] = await w.ctx.db.execute<{ id: string; checkpoint: string }>(sql`
    select t.id, c.id as checkpoint from tasks t join task_checkpoints c on c.task_id = t.id
    where t.contract_id = ${contractId} order by c.number limit 1`)
  const ids = { taskId: task?.id ?? '', checkpointId: task?.checkpoint ?? '' }
  expect((await w.perform(requestRewind(w.ctx, { ...ids, preserveMode: 'discard' }))).error).toBeNull()
  await w.ctx.db.insert(runs).values({
    id: newId(),
    ownerId: w.ctx.actor.ownerId,
    contractId,
    taskId: ids.taskId,
    agent: 'claude-code',
    way: 'print',
    mode: 'continue',
    askedBy: 'rest',
    prompt: 'Go on.',
    state: 'done',
    settings: { permissions: 'allow' },
    command: ['sh', '-c', 'touch planted'],
  })
  file = join(w.world.root, 'honest.makima')
  const { stream } = await openContractFile(w.ctx, { id: contractId })
  await pipeline(stream, createWriteStream(file))
  honest = await readZip(file)
})
afterAll(() => w.close())

beforeEach(async () => {
  database = await createTestDatabase()
  there = await createTestContext(database)
  return () => database.close()
})

async function readZip(path: string): Promise<Entries> {
  const zip = await promisify<string, yauzl.Options, yauzl.ZipFile>(yauzl.open)(path, {
    lazyEntries: true,
    autoClose: false,
  })
  const open = promisify(zip.openReadStream.bind(zip)) as (entry: yauzl.Entry) => Promise<NodeJS.ReadableStream>
  const entries: Entries = new Map()
  await new Promise<void>((resolve, reject) => {
    zip.on('entry', (entry: yauzl.Entry) => {
      void open(entry)
        .then(buffer)
        .then((bytes) => entries.set(entry.fileName, bytes))
        .then(() => zip.readEntry())
        .catch(reject)
    })
    zip.once('end', resolve)
    zip.readEntry()
  })
  zip.close()
  return entries
}

async function writeZip(entries: Iterable<[string, Buffer]>, compress = true): Promise<string> {
  const zip = new ZipFile()
  for (const [name, bytes] of entries) zip.addBuffer(bytes, name, { compress })
  zip.end()
  const path = join(w.world.root, `hostile-${newId()}.makima`)
  await pipeline(zip.outputStream, createWriteStream(path))
  return path
}

const rowsOf = (table: string): Row[] =>
  (honest.get(`rows/${table}.jsonl`)?.toString() ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row)

/** The honest file with other rows in one table. */
function withRows(table: string, rows: Row[]): Promise<string> {
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  return writeZip(new Map(honest).set(`rows/${table}.jsonl`, Buffer.from(text)))
}

async function expectRefused(path: string, words: RegExp, ctx = there): Promise<void> {
  const started = Date.now()
  const report = await importPath(ctx, path)
  expect(report).toMatchObject({ state: 'failed' })
  expect(report.error).toMatch(words)
  expect(report.error).not.toMatch(/fault of Makima/)
  expect(Date.now() - started).toBeLessThan(15_000)
}

async function countAll(ctx: Context): Promise<string> {
  const names = [
    'contracts',
    'tasks',
    'segments',
    'messages',
    'transcript_sources',
    'operations',
    'runs',
    'shelf_items',
  ]
  const counts = await Promise.all(
    names.map(async (name) => (await ctx.db.execute(sql`select count(*) as n from ${sql.identifier(name)}`))[0]?.n),
  )
  return counts.join(' ')
}

const EMPTY = '0 0 0 0 0 0 0 0'

test('the honest file comes whole, and of what was done elsewhere nothing can be done, claimed or undone here', async () => {
  const report = await importPath(there, file)
  expect(report).toMatchObject({ state: 'done', error: null })
  const [operation] = await there.db.select().from(operations).where(eq(operations.kind, 'rewind'))
  expect(operation).toMatchObject({
    state: 'done',
    plan: null,
    planHash: null,
    before: null,
    after: null,
    daemonId: null,
  })
  expect(operation?.importedAt).not.toBeNull()
  await expect(requestUndo(there, { operationId: operation?.id ?? '' })).rejects.toMatchObject({
    code: 'precondition_failed',
    message: expect.stringContaining('another Makima did it'),
  })
  const [run] = await there.db.select().from(runs)
  expect(run).toMatchObject({ state: 'done', settings: {}, command: null, pending: [], answers: [], pid: null })
  // Not even by a fault of ours: the database says so.
  const queue = (table: string) =>
    there.db.execute(sql`update ${sql.identifier(table)} set state = 'queued' where imported_at is not null`)
  await expect(queue('operations')).rejects.toThrow()
  await expect(queue('runs')).rejects.toThrow()
})

for (const state of ['queued', 'running']) {
  test(`an operation that is ${state} refuses the file, however it is made up`, async () => {
    const [row] = rowsOf('operations')
    const long = '2026-01-01T00:00:00+00:00'
    const base = { ...row, id: newId(), state, daemon_id: null, lease_until: long, created_at: long, started_at: long }
    const planted = {
      place: { repositoryId: 'x1', worktreeId: '', path: w.world.folder },
      effects: [{ type: 'create_branch' }],
    }
    for (const extra of [
      { step: 'planned', plan: null },
      { step: 'snapshot_taken', plan: planted },
      { step: 'files_applied', plan: planted, before: {}, after: {} },
    ]) {
      await expectRefused(
        await withRows('operations', [...rowsOf('operations'), { ...base, ...extra }]),
        /work that has not ended/,
      )
    }
    expect(await countAll(there)).toBe(EMPTY)
    expect(await listAbandoned(there, newId(), true)).toEqual([])
  })
}

for (const state of ['queued', 'starting', 'running', 'waiting']) {
  test(`a run that is ${state} refuses the file`, async () => {
    const [row] = rowsOf('runs')
    const planted = { ...row, id: newId(), state, way: 'here', prompt: 'PLANTED', settings: { permissions: 'allow' } }
    await expectRefused(await withRows('runs', [planted]), /work that has not ended/)
    expect(await countAll(there)).toBe(EMPTY)
    expect(await listForgotten(there, newId())).toEqual([])
  })
}

test('plans and commands in rows that have ended are not taken', async () => {
  const plan = { place: { path: '/', repositoryId: newId(), worktreeId: newId() }, effects: [{ type: 'files' }] }
  const poisoned = rowsOf('operations').map((row) => ({
    ...row,
    plan,
    before: plan,
    after: plan,
    step: 'planned',
    imported_at: null,
  }))
  const report = await importPath(there, await withRows('operations', poisoned))
  expect(report.state).toBe('done')
  const rows = await there.db.select().from(operations)
  expect(
    rows.every((row) => row.plan === null && row.before === null && row.after === null && row.importedAt !== null),
  ).toBe(true)
})

test('rows for a conversation, a transcript or a task that is here already refuse the file, and leave that as it was', async () => {
  await importPath(there, file)
  const before = await countAll(there)
  const [contract] = rowsOf('contracts')
  const id = newId()
  const renamed = new Map(honest)
  const put = (table: string, rows: Row[]) =>
    renamed.set(`rows/${table}.jsonl`, Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join('')))
  const head = JSON.parse(honest.get('contract.json')?.toString() ?? '') as Row
  renamed.set(
    'contract.json',
    Buffer.from(JSON.stringify({ ...head, contract: { id, name: 'Another' }, repositories: [] })),
  )
  for (const name of honest.keys()) if (name.startsWith('rows/')) renamed.set(name, Buffer.alloc(0))
  put('contracts', [{ ...contract, id, repository_id: null, supervisor_task_id: null }])
  renamed.set('transcripts/pieces.jsonl', Buffer.alloc(0))
  const [task] = rowsOf('tasks')
  const foreign = { ...task, id: newId(), contract_id: id, native_session_id: null }
  put('tasks', [foreign])
  const [segment] = rowsOf('segments')
  put('segments', [{ ...segment, task_id: foreign.id }])
  const last = rowsOf('messages').filter((row) => row.segment_id === segment?.id).length
  put('messages', [{ ...rowsOf('messages')[0], segment_id: segment?.id, seq: last + 1, text: 'PLANTED' }])
  await expectRefused(await writeZip(renamed), /is here already, as parts of another one/)

  put('segments', [])
  put('messages', [])
  const [source] = rowsOf('transcript_sources')
  put('transcript_sources', [{ ...source, bytes: Number(source?.bytes) + 1, task_id: null }])
  await expectRefused(await writeZip(renamed), /here already with other content/)

  put('transcript_sources', [])
  put('tasks', [{ ...foreign, id: task?.id }])
  await expectRefused(await writeZip(renamed), /is here already, as parts of another one/)
  put('tasks', [{ ...foreign, native_session_id: task?.native_session_id }])
  await expectRefused(await writeZip(renamed), /is here already, in the contract/)
  expect(await countAll(there)).toBe(before)
  const texts = await there.db.execute(sql`select 1 from messages where text = 'PLANTED'`)
  expect(texts).toHaveLength(0)
  expect((await there.db.select().from(contracts)).map((row) => row.id)).toEqual([contract?.id])
})

test('what was made to exhaust this machine is refused at its beginning', async () => {
  const unpacked = Buffer.alloc(66_000_000, randomBytes(500_000).toString('base64'))
  const piece = { sourceId: rowsOf('transcript_sources')[0]?.id, start: 0, size: 900_000_000 }
  const bombs: [string, Buffer, boolean, RegExp][] = [
    ['rows/messages.jsonl', Buffer.alloc(40_000_000, 'x'), true, /more than a contract of Makima can/],
    ['rows/operations.jsonl', unpacked, false, /more than a contract of Makima can/],
    ['contract.json', unpacked.subarray(0, 33_000_000), false, /more than a contract of Makima can/],
    ['transcripts/pieces.jsonl', Buffer.from(JSON.stringify(piece)), true, /tells of a transcript/],
  ]
  for (const [name, bytes, compress, words] of bombs) {
    await expectRefused(await writeZip(new Map(honest).set(name, bytes), compress), words)
  }
  const small: [string, Buffer][] = Array.from({ length: 40 }, (_, n) => [`rows/x${n}`, Buffer.alloc(15_000_000, 'x')])
  await expectRefused(await writeZip([...honest, ...small]), /more than a contract of Makima can/)
  const many = new Map(honest)
  for (let n = 0; n < 41_000; n++) many.set(`rows/x${n}`, Buffer.from('x'))
  await expectRefused(await writeZip(many, false), /more than a contract of Makima can/)
  expect(await countAll(there)).toBe(EMPTY)
})

test('lines that nest without end, and rows of another shape, are refused in a sentence', async () => {
  const deep = `{"id":${'['.repeat(200_000)}${']'.repeat(200_000)}}\n`
  for (const text of [
    deep,
    'null\n',
    '[]\n',
    '7\n',
    '"x"\n',
    '{}\n',
    '{"id":{"a":1}}\n',
    `{"__proto__":{"id":"${newId()}"}}\n`,
  ]) {
    for (const table of ['tasks', 'messages', 'history_events', 'native_sessions', 'repositories', 'worktrees']) {
      await expectRefused(
        await writeZip(new Map(honest).set(`rows/${table}.jsonl`, Buffer.from(text))),
        /file|contract/,
      )
    }
  }
  expect(await countAll(there)).toBe(EMPTY)
})

test('a pack that is none, and saved states under others’ names, are refused', async () => {
  const head = JSON.parse(honest.get('contract.json')?.toString() ?? '') as {
    repositories: { id: string; refs: Row[] }[]
  }
  const [repository] = head.repositories
  const sha = String(repository?.refs[0]?.sha)
  for (const ref of [
    'refs/heads/main',
    `refs/checkpoints/${newId()}/1`,
    'refs/makima/worktrees/0123456789abcdef',
    'refs/snapshots/../heads/x',
  ]) {
    const changed = { ...head, repositories: [{ ...repository, refs: [{ ref, sha }] }] }
    await expectRefused(
      await writeZip(new Map(honest).set('contract.json', Buffer.from(JSON.stringify(changed)))),
      /names checkpoints of another contract/,
    )
  }
  const pack = [...honest.keys()].find((name) => name.endsWith('.pack')) ?? ''
  await expectRefused(await writeZip(new Map(honest).set(pack, Buffer.from('PACK no'))), /git cannot read them/)
  expect(await countAll(there)).toBe(EMPTY)
  writeFileSync(join(w.world.root, 'copy.makima'), readFileSync(file))
  expect((await importPath(there, join(w.world.root, 'copy.makima'))).state).toBe('done')
})

test('a conversation that is longer than its messages, or leads back to itself, refuses the file', async () => {
  const ENDLESS = 2_147_483_647
  const [segment, ...others] = rowsOf('segments')
  const [task, ...rest] = rowsOf('tasks')
  const ring = { ...segment, parent_segment_id: segment?.id, parent_seq: 1 }
  const paths = [
    await withRows('segments', [{ ...segment, length: ENDLESS }, ...others]),
    await withRows('segments', [ring, ...others]),
    await withRows('tasks', [{ ...task, head_segment_id: segment?.id, head_seq: ENDLESS }, ...rest]),
  ]
  for (const path of paths) await expectRefused(path, /longer than its messages/)
  expect(await countAll(there)).toBe(EMPTY)
})
