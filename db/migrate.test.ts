import { spawn } from 'node:child_process'
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
