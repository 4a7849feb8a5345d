import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { processStart } from '@/server/process-identity'
import { backOffMs, type Child, keepRunning } from './child'

let folder: string
let child: Child | undefined
let said: string[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'makima-child-'))
  said = []
})

afterEach(async () => {
  await child?.stop()
  rmSync(folder, { recursive: true, force: true })
})

function start(program: string, graceMs = 5_000): Child {
  writeFileSync(join(folder, 'program.mjs'), program)
  child = keepRunning({
    name: 'web',
    args: [join(folder, 'program.mjs')],
    cwd: folder,
    env: process.env,
    log: join(folder, 'logs', 'web.log'),
    say: (line) => said.push(line),
    graceMs,
  })
  return child
}

const log = () => readFileSync(join(folder, 'logs', 'web.log'), 'utf8')
const LIVES = "console.log('here', process.env.WORD ?? ''); setInterval(() => {}, 1000)"

test('a child that dies is started again, and its last words are told', async () => {
  const running = start(`${LIVES}\nconsole.log('my last words')`)
  await vi.waitFor(() => expect(log()).toContain('my last words'), 5_000)
  const first = running.pid()!
  process.kill(first, 'SIGKILL')
  await vi.waitFor(() => expect(log().match(/here/g)).toHaveLength(2), 5_000)
  expect(running.pid()).not.toBe(first)
  expect(said.join()).toMatch(/web process ended \(SIGKILL\).*my last words/s)
})

test('a child that ignores a polite end is killed', async () => {
  const running = start(`process.on('SIGTERM', () => {})\n${LIVES}`, 300)
  await vi.waitFor(() => expect(log()).toContain('here'), 5_000)
  const pid = running.pid()!
  await running.stop()
  expect(processStart(pid)).toBeNull()
  expect(said).toEqual([])
})

test('a restart gives the child its new environment', async () => {
  const running = start(LIVES)
  await vi.waitFor(() => expect(log()).toContain('here'), 5_000)
  await running.restart({ ...process.env, WORD: 'anew' })
  await vi.waitFor(() => expect(log()).toContain('here anew'), 5_000)
  expect(said).toEqual([])
})

test('the wait before a new start doubles up to half a minute', () => {
  expect([0, 1, 2, 3, 20].map(backOffMs)).toEqual([500, 1000, 2000, 4000, 30_000])
})
