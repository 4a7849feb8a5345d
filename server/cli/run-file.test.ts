import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { processStart } from '@/server/process-identity'
import { claimHome, findRunning, noteAddress, releaseHome } from './run-file'

let home: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'makima-run-'))
})

afterEach(() => rmSync(home, { recursive: true, force: true }))

test('a home is claimed once, and says who holds it and where', async () => {
  expect(await claimHome(home)).toBeNull()
  expect(findRunning(home)).toMatchObject({ pid: process.pid, url: null })
  noteAddress(home, 'http://127.0.0.1:4700')
  expect(findRunning(home)?.url).toBe('http://127.0.0.1:4700')
  expect(statSync(join(home, 'run.json')).mode & 0o077).toBe(0)
  releaseHome(home)
  expect(findRunning(home)).toBeNull()
})

test('a second launcher is pointed at the first and leaves its note alone', async () => {
  const other = spawn('sleep', ['60'])
  const noted = { pid: other.pid!, started: processStart(other.pid!), url: 'http://127.0.0.1:1' }
  writeFileSync(join(home, 'run.json'), JSON.stringify(noted))
  expect(await claimHome(home)).toEqual(noted)
  releaseHome(home)
  expect(JSON.parse(readFileSync(join(home, 'run.json'), 'utf8'))).toEqual(noted)
  other.kill('SIGKILL')
})

test('the note of a launcher that was killed does not hold the home', async () => {
  const other = spawn('sleep', ['60'])
  const started = processStart(other.pid!)
  other.kill('SIGKILL')
  await new Promise((resolve) => other.on('exit', resolve))
  writeFileSync(join(home, 'run.json'), JSON.stringify({ pid: other.pid, started, url: 'http://127.0.0.1:1' }))
  expect(await claimHome(home)).toBeNull()
})

test('a process that got the number of a dead launcher is not taken for it', () => {
  writeFileSync(join(home, 'run.json'), JSON.stringify({ pid: process.pid, started: '1', url: 'http://127.0.0.1:1' }))
  expect(findRunning(home)).toBeNull()
})

test('a note that was cut short counts for nothing', async () => {
  writeFileSync(join(home, 'run.json'), '{"pid":')
  expect(await claimHome(home)).toBeNull()
})
