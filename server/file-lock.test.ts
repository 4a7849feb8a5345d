import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { build } from 'esbuild'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { projectRoot } from '@/db/project-root'
import { takeFileLock, withFileLock } from './file-lock'
import { ownIdentity, processStart } from './process-identity'

/** More of them in a soak: MAKIMA_TEST_LOCKS=2000 npx vitest run server/file-lock.test.ts */
const ROUNDS = Number(process.env.MAKIMA_TEST_LOCKS ?? 60)
const KILLS = Math.ceil(ROUNDS / 2)
const PROCESSES = 8

let folder: string
let children: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'makima-lock-'))
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children = []
  rmSync(folder, { recursive: true, force: true })
})

/** What a killed process left as its lock: a real one that really is gone. */
async function readDead(): Promise<string> {
  const child = spawn('sleep', ['60'])
  const text = JSON.stringify({ pid: child.pid, started: processStart(child.pid!), id: 'dead' })
  child.kill('SIGKILL')
  await once(child, 'exit')
  return text
}

async function bundle(): Promise<string> {
  const outfile = join(folder, 'child.mjs')
  const entryPoints = [join(projectRoot(), 'server/test-lock-child.ts')]
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' })
  return outfile
}

async function startChild(file: string, rounds: number, turns: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [file, folder, String(rounds), String(turns)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  await once(child.stdout, 'data')
  return child
}

/** A round in which every process goes for the same lock, as a killed one left it. */
function layOut(round: number, dead: string): string {
  const at = join(folder, String(round))
  mkdirSync(at)
  writeFileSync(join(at, 'lock'), dead.replace('"dead"', `"dead ${round}"`))
  return at
}

function countTurns(at: string): number {
  return statSync(join(at, 'turns'), { throwIfNoEntry: false })?.size ?? 0
}

function readFaults(): string {
  return existsSync(join(folder, 'faults')) ? readFileSync(join(folder, 'faults'), 'utf8') : ''
}

test(`of ${PROCESSES} processes that find a dead lock at the same moment one is inside at a time, ${ROUNDS} times over`, async () => {
  const file = await bundle()
  const dead = await readDead()
  await Promise.all(Array.from({ length: PROCESSES }, () => startChild(file, ROUNDS, 1)))
  for (let round = 0; round < ROUNDS; round++) {
    const at = layOut(round, dead)
    writeFileSync(join(at, 'go'), '')
    while (countTurns(at) < PROCESSES) {
      expect(readFaults()).toBe('')
      await sleep(5)
    }
  }
  await Promise.all(children.map(async (child) => child.exitCode ?? (await once(child, 'exit'))))
  expect(children.map((child) => child.exitCode)).toEqual(Array(PROCESSES).fill(0))
  expect(readFaults()).toBe('')
  for (let round = 0; round < ROUNDS; round++) {
    expect(readdirSync(join(folder, String(round))).sort()).toEqual(['go', 'turns'])
  }
}, 600_000)

test(`holders and waiters killed at ${KILLS} random moments leave no lock behind and let no two in`, async () => {
  const file = await bundle()
  const at = layOut(0, await readDead())
  await Promise.all(Array.from({ length: 4 }, () => startChild(file, 1, 1_000_000)))
  writeFileSync(join(at, 'go'), '')
  for (let kill = 0; kill < KILLS; kill++) {
    await sleep(Math.random() * 30)
    const [oldest] = children.splice(0, 1)
    oldest?.kill('SIGKILL')
    await startChild(file, 1, 1_000_000)
    expect(readFaults()).toBe('')
  }
  expect(countTurns(at)).toBeGreaterThan(KILLS)
  for (const child of children) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const release = await takeFileLock(join(at, 'lock'), 0)
  expect(release).not.toBeNull()
  release?.()
  expect(existsSync(join(at, 'lock'))).toBe(false)
}, 600_000)

test('one who took over and was killed on the way is succeeded as well, and nothing of either stays', async () => {
  const lock = join(folder, 'lock')
  const [first, second] = [await readDead(), (await readDead()).replace('"dead"', '"dead too"')]
  writeFileSync(lock, first)
  const key = createHash('sha256').update(first).digest('hex').slice(0, 32)
  writeFileSync(`${lock}.after-${key}`, second)
  writeFileSync(`${lock}.draft-0000`, second)
  const release = await takeFileLock(lock, 0)
  expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject(ownIdentity())
  expect(readdirSync(folder)).toEqual(['lock'])
  release?.()
  expect(readdirSync(folder)).toEqual([])
})

test('a living holder keeps its lock, also from its own process, and is named to who waited in vain', async () => {
  const lock = join(folder, 'lock')
  const release = await takeFileLock(lock, 0)
  expect(await takeFileLock(lock, 50)).toBeNull()
  await expect(withFileLock(lock, async () => {}, 50)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(`pid ${process.pid}`),
  })
  release?.()
  expect(await withFileLock(lock, async () => 'inside', 50)).toBe('inside')
  expect(readdirSync(folder)).toEqual([])
})

test('a process that has the number of a dead holder is not taken for it, and a lock cut short holds nobody up', async () => {
  const lock = join(folder, 'lock')
  for (const left of [
    JSON.stringify({ ...ownIdentity(), started: '1', id: 'old' }),
    String(process.pid),
    '{"pid":',
    '',
  ]) {
    writeFileSync(lock, left)
    const release = await takeFileLock(lock, 0)
    expect(release, left).not.toBeNull()
    release?.()
  }
})

test('a lock and its successor that were both cut to nothing hold nobody up', async () => {
  const lock = join(folder, 'lock')
  writeFileSync(lock, '')
  writeFileSync(`${lock}.after-${createHash('sha256').update('').digest('hex').slice(0, 32)}`, '')
  const release = await takeFileLock(lock, 0)
  expect(readdirSync(folder)).toEqual(['lock'])
  release?.()
})
