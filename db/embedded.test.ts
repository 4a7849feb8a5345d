import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { connect } from './client'
import { type RunningDatabase, startDatabase } from './embedded'
import { placeFor, readState } from './embedded-place'
import { findServer } from './embedded-server'
import { processStart } from '@/server/process-identity'
import { projectRoot } from './project-root'

const isRoot = process.getuid?.() === 0
const cleanups: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function newHome(mode = 0o711): string {
  const folder = mkdtempSync(join(tmpdir(), 'makima-home-'))
  chmodSync(folder, mode)
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'home')
}

async function start(home: string): Promise<RunningDatabase> {
  const database = await startDatabase({ home, databaseUrl: undefined })
  cleanups.push(() => database.stop())
  return database
}

async function query(url: string, statement: string) {
  const { sql, close } = connect(url, { max: 1 })
  try {
    return await sql.unsafe(statement)
  } finally {
    await close()
  }
}

/** A launcher of its own: starts the database, prints its answer and stays until its input ends. */
function otherLauncher(home: string) {
  const program = `
    import { startDatabase } from './db/embedded'
    startDatabase({ home: ${JSON.stringify(home)}, databaseUrl: undefined }).then(async (database) => {
      console.log(JSON.stringify({ url: database.url, adopted: database.adopted }))
      process.stdin.resume()
      process.stdin.on('end', () => database.stop().then(() => process.exit(0)))
    })`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    cwd: projectRoot(),
  })
  cleanups.push(() => void child.kill('SIGKILL'))
  const answer = new Promise<{ url: string; adopted: boolean }>((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (part) => {
      text += part
      if (text.includes('\n')) resolve(JSON.parse(text))
    })
    child.stderr.on('data', (part) => reject(new Error(String(part))))
  })
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  return { child, answer, ended }
}

async function untilGone(pid: number) {
  for (let waited = 0; processStart(pid) !== null && waited < 10_000; waited += 50) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

test('a first start makes a database that keeps its rows over a stop and a second start', async () => {
  const home = newHome()
  const first = await start(home)
  expect(first.adopted).toBe(false)
  await query(first.url, 'create table t as select 7 as n')
  await first.stop()
  expect(findServer(readState(home)!.dataDir)).toBeNull()

  const second = await start(home)
  expect(second.url).toBe(first.url)
  expect(await query(second.url, 'select n from t')).toEqual([{ n: 7 }])
})

test('the password is readable by its owner only', async () => {
  const home = newHome()
  await start(home)
  expect(statSync(join(home, 'database.json')).mode & 0o077).toBe(0)
  expect(statSync(join(readState(home)!.dataDir, 'makima-password')).mode & 0o077).toBe(0)
})

test('two launchers at once share one server, which stays until the last of them ends', async () => {
  const home = newHome()
  const [one, two] = [otherLauncher(home), otherLauncher(home)]
  const answers = await Promise.all([one.answer, two.answer])
  expect(answers.map((answer) => answer.adopted).sort()).toEqual([false, true])
  expect(answers[0].url).toBe(answers[1].url)

  one.child.stdin.end()
  await one.ended
  expect(await query(answers[1].url, 'select 1 as n')).toEqual([{ n: 1 }])
  two.child.stdin.end()
  await two.ended
  expect(findServer(readState(home)!.dataDir)).toBeNull()
})

test('a launcher that is killed leaves a server that the next one takes over', async () => {
  const home = newHome()
  const killed = otherLauncher(home)
  const { url } = await killed.answer
  killed.child.kill('SIGKILL')
  await killed.ended

  const next = await start(home)
  expect(next.adopted).toBe(true)
  expect(next.url).toBe(url)
  await next.stop()
  expect(findServer(readState(home)!.dataDir)).toBeNull()
})

test('a server that is killed starts again at once and has what was committed', async () => {
  const home = newHome()
  const first = await start(home)
  await query(first.url, 'create table t as select 7 as n')
  const { pid, dataDir } = readState(home)!
  process.kill(pid, 'SIGKILL')
  await untilGone(pid)
  expect(existsSync(join(dataDir, 'postmaster.pid'))).toBe(true)

  const second = await start(home)
  expect(second.adopted).toBe(false)
  expect(await query(second.url, 'select n from t')).toEqual([{ n: 7 }])
})

test('a pid file that names another program does not stand in the way', async () => {
  const home = newHome()
  const first = await start(home)
  const { pid, dataDir } = readState(home)!
  const file = join(dataDir, 'postmaster.pid')
  const text = readFileSync(file, 'utf8')
  process.kill(pid, 'SIGKILL')
  await untilGone(pid)
  writeFileSync(file, text.replace(String(pid), String(process.pid)))

  const second = await start(home)
  expect(await query(second.url, 'select 1 as n')).toEqual([{ n: 1 }])
  expect(second.adopted).toBe(false)
  await first.stop()
})

test('a data folder that was cut short while it was made is made anew', async () => {
  const home = newHome()
  mkdirSync(join(home, 'postgres.tmp'), { recursive: true })
  chmodSync(home, 0o711)
  writeFileSync(join(home, 'postgres.tmp', 'PG_VERSION'), '18')
  const database = await start(home)
  expect(await query(database.url, 'select 1 as n')).toEqual([{ n: 1 }])
  expect(existsSync(join(home, 'postgres.tmp'))).toBe(false)
})

test('data of another major version is refused in a sentence', async () => {
  const home = newHome()
  mkdirSync(join(home, 'postgres'), { recursive: true })
  chmodSync(home, 0o711)
  writeFileSync(join(home, 'postgres', 'PG_VERSION'), '15\n')
  await expect(start(home)).rejects.toThrow(/written by PostgreSQL 15, and this Makima brings PostgreSQL 18/)
})

test('a database that does not answer is named without its password', async () => {
  const error = await startDatabase({ home: newHome(), databaseUrl: 'postgres://u:secret@127.0.0.1:1/x' }).catch(
    (e) => e,
  )
  expect(error.message).toMatch(/127\.0\.0\.1:1\/x does not answer/)
  expect(error.message).not.toContain('secret')
}, 30_000)

test.runIf(isRoot)('root with a closed home gets its data where the server can reach it, and is told', async () => {
  const home = newHome(0o700)
  const database = await start(home)
  const { dataDir } = readState(home)!
  cleanups.unshift(() => rmSync(dataDir, { recursive: true, force: true }))
  expect(dataDir.startsWith(home)).toBe(false)
  expect(database.where).toContain(dataDir)
  expect(database.where).toContain('closed to other users')
  expect(placeFor(home).dataDir).toBe(dataDir)
  expect(await query(database.url, 'select 1 as n')).toEqual([{ n: 1 }])
  expect(statSync(dataDir).uid).not.toBe(0)
  // What a person of the machine sees must not be the rows.
  expect(() => execFileSync('ls', [dataDir], { uid: 12345, gid: 12345, stdio: 'pipe' })).toThrow()
})
