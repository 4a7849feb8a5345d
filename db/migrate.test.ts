import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import { expect, inject, test } from 'vitest'
import { connect } from './client'
import { migrate } from './migrate'
import { projectRoot } from './project-root'

async function emptyDatabase(): Promise<string> {
  const name = `empty_${process.pid}_${Math.random().toString(36).slice(2, 8)}`
  const { sql, close } = connect(inject('postgresUrl'), { max: 1 })
  await sql.unsafe(`create database ${name}`)
  await close()
  return inject('postgresUrl').replace(/\/postgres$/, `/${name}`)
}

function migrateInProcess(url: string): Promise<{ code: number | null; said: string }> {
  const program = `import { migrate } from './db/migrate'; migrate(${JSON.stringify(url)})`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    cwd: projectRoot(),
  })
  let said = ''
  child.stderr.on('data', (part) => (said += part))
  return new Promise((resolve) => child.on('exit', (code) => resolve({ code, said })))
}

test('four processes that bring the same empty database up to date at once all succeed', async () => {
  const url = await emptyDatabase()
  const results = await Promise.all([1, 2, 3, 4].map(() => migrateInProcess(url)))
  expect(results).toEqual([1, 2, 3, 4].map(() => ({ code: 0, said: '' })))

  const { sql, close } = connect(url, { max: 1 })
  const [row] =
    await sql`select (select count(*) from drizzle.__drizzle_migrations)::int as n, to_regclass('public.contracts') is not null as ours`
  expect(row?.ours).toBe(true)
  await migrate(url)
  const [again] = await sql`select count(*)::int as n from drizzle.__drizzle_migrations`
  expect(again?.n).toBe(row?.n)
  await close()
})

/** The database as it was just before a migration. */
async function migrateUpTo(url: string, tag: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'makima-migrations-'))
  cpSync(join(projectRoot(), 'db', 'migrations'), folder, { recursive: true })
  const file = join(folder, 'meta', '_journal.json')
  const journal = JSON.parse(readFileSync(file, 'utf8')) as { entries: { tag: string }[] }
  const entries = journal.entries.slice(
    0,
    journal.entries.findIndex((entry) => entry.tag === tag),
  )
  writeFileSync(file, JSON.stringify({ ...journal, entries }))
  const client = postgres(url, { max: 1, onnotice: () => {} })
  await applyMigrations(drizzle(client), { migrationsFolder: folder })
  await client.end()
}

test('a transcript that was stored before pieces were packed is there byte for byte', async () => {
  const url = await emptyDatabase()
  await migrateUpTo(url, '0004_packed_pieces')
  const { sql, close } = connect(url, { max: 1 })
  const id = crypto.randomUUID()
  const text = '{"text":"é 漢 🚀 \\\\ \\n"}\n'.repeat(3_000)
  const bytes = Buffer.from([0, 255, 92, 10])
  await sql`insert into transcript_chunks (source_id, start_offset, size, body) values (${id}, 0, ${Buffer.byteLength(text)}, ${text})`
  await sql`insert into transcript_chunks (source_id, start_offset, size, raw) values (${id}, ${Buffer.byteLength(text)}, 4, ${bytes})`
  await migrate(url)
  const rows = await sql<
    { packed: null; raw: Buffer }[]
  >`select packed, raw from transcript_chunks order by start_offset`
  expect(rows.map((row) => row.packed)).toEqual([null, null])
  expect(Buffer.concat(rows.map((row) => row.raw)).equals(Buffer.concat([Buffer.from(text), bytes]))).toBe(true)
  await close()
})
