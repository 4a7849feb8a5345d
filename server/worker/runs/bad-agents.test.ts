// Programs that behave badly where an agent is expected: real processes, run by the worker as any agent.
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runs } from '@/db/run-tables'
import { projectFolder } from '@/server/agents/claude-code-home'
import { isRunning } from '@/server/process-identity'
import { getSlice } from '@/server/services/conversation'
import { requestStop } from '@/server/services/runs/answer-run'
import { requestResume } from '@/server/services/runs/request-run'
import { getRun } from '@/server/services/runs/run-log'
import { buildWorker, startWorker } from '@/server/worker/test-process'
import { createOperationsWorld, type OperationsWorld } from '@/server/worker/test-world'
import { attendOnce } from './active-runs'
import { beginRun } from './run-agent'

let world: OperationsWorld
let taskId: string
let program: string
const environment = { ...process.env }

beforeAll(async () => {
  world = await createOperationsWorld()
  const home = join(world.home, 'agent')
  mkdirSync(home, { recursive: true })
  program = join(world.home, 'agent', 'program')
  Object.assign(process.env, { MAKIMA_CLAUDE: program, CLAUDE_CONFIG_DIR: home })
})
afterAll(async () => {
  process.env = environment
  await world.close()
})
beforeEach(async () => {
  await world.ctx.db.delete(runs)
  taskId = await world.addTask('Work', { plan: 'Work.' })
})

/** What the program does once it was asked its version; `SESSION` and `RECORD(line)` are at hand. */
function become(body: string): void {
  const folder = projectFolder(process.env.CLAUDE_CONFIG_DIR ?? '', world.world.folder)
  const lines = [
    `#!${process.execPath}`,
    "const fs = require('fs')",
    "if (process.argv.includes('--version')) { console.log('99.0.0 (Claude Code)'); process.exit(0) }",
    "const SESSION = process.argv[process.argv.indexOf('--session-id') + 1]",
    `const FOLDER = ${JSON.stringify(folder)}`,
    'fs.mkdirSync(FOLDER, { recursive: true })',
    "const RECORD = (text) => fs.appendFileSync(FOLDER + '/' + SESSION + '.jsonl', text)",
    "const SAY = (value) => process.stdout.write(JSON.stringify(value) + '\\n')",
    "const PIECE = (text) => SAY({ type: 'stream_event', event: { type: 'content_block_delta', delta: { type: 'text_delta', text } } })",
    "const BEGIN = () => SAY({ type: 'system', subtype: 'init', session_id: SESSION })",
    "const END = () => SAY({ type: 'result', subtype: 'success', is_error: false })",
    "const line = (type, uuid, parentUuid, content) => JSON.stringify({ type, uuid, parentUuid, sessionId: SESSION, version: '99.0.0', cwd: process.cwd(), timestamp: new Date().toISOString(), message: { role: type, content, ...(type === 'assistant' && { id: uuid, model: 'm' }) } })",
    body,
  ]
  writeFileSync(program, lines.join('\n'))
  chmodSync(program, 0o755)
}

const begin = async () => {
  const { id } = await requestResume(world.ctx, { taskId, permissions: 'allow' })
  return { id, begun: await beginRun({ ctx: world.ctx, daemonId: world.daemonId }, id) }
}
const run = async () => {
  const { id, begun } = await begin()
  await begun?.ended
  return getRun(world.ctx, { id })
}
const talk = async () => {
  const { messages } = await getSlice(world.ctx, { taskId, from: 0, limit: 100 })
  return messages.map(({ kind, text }) => [kind, text])
}
const waitFor = async (isTrue: () => Promise<boolean> | boolean) => {
  for (let tries = 0; !(await isTrue()); tries++) {
    if (tries > 600) throw new Error('it did not happen within a minute')
    await sleep(100)
  }
}

describe('an agent that', () => {
  test('ends at once is interrupted, with its own last words', async () => {
    become("console.error('first'); console.error('no such option'); process.exit(3)")
    expect(await run()).toMatchObject({
      state: 'interrupted',
      error: { detail: 'Claude Code ended before its turn was over (exit code 3): no such option.' },
    })
    expect((await world.getTask(taskId)).status).toBe('interrupted')
  })

  test('floods its output is read to the end: junk, one endless line, a hundred thousand pieces', async () => {
    become(`BEGIN()
      const junk = 'x'.repeat(1024 * 1024)
      for (let n = 0; n < 80; n++) process.stdout.write(junk)
      process.stdout.write('\\n')
      for (let n = 0; n < 20_000; n++) process.stdout.write('not json at all ' + n + '\\n')
      const piece = JSON.stringify({ type: 'stream_event', event: { type: 'content_block_delta', delta: { type: 'text_delta', text: 'word ' } } }) + '\\n'
      for (let n = 0; n < 100; n++) process.stdout.write(piece.repeat(1_000))
      RECORD(line('user', 'a', null, 'Work.') + '\\n' + line('assistant', 'b', 'a', [{ type: 'text', text: 'Flooded.' }]) + '\\n')
      END()`)
    expect(await run()).toMatchObject({ state: 'done', error: null })
    expect(await talk()).toEqual([
      ['prompt', 'Work.'],
      ['text', 'Flooded.'],
    ])
  })

  test('hangs and hears no signal is ended when it is stopped', async () => {
    become(`for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {})
      BEGIN(); fs.writeFileSync(FOLDER + '/pid', String(process.pid)); setInterval(() => {}, 1_000)`)
    const { id, begun } = await begin()
    const file = join(projectFolder(process.env.CLAUDE_CONFIG_DIR ?? '', world.world.folder), 'pid')
    await waitFor(() => existsSync(file))
    const pid = Number(readFileSync(file, 'utf8'))
    await requestStop(world.ctx, { id })
    await attendOnce(world.ctx)
    await begun?.ended
    expect(await getRun(world.ctx, { id })).toMatchObject({ state: 'stopped', error: null })
    expect(() => process.kill(pid, 0)).toThrow()
  }, 40_000)

  test('dies in the middle of a line leaves all that was whole, and its torn line is kept', async () => {
    become(`BEGIN()
      RECORD(line('user', 'a', null, 'Work.') + '\\n')
      RECORD(line('assistant', 'b', 'a', [{ type: 'text', text: 'Whole.' }]) + '\\n')
      SAY({ type: 'assistant', message: { content: [] } })
      const torn = line('assistant', 'c', 'b', [{ type: 'text', text: 'Torn in the middle.' }])
      RECORD(torn.slice(0, 120))
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), 500)`)
    const ended = await run()
    expect(ended.state).toBe('interrupted')
    expect((await talk()).slice(0, 2)).toEqual([
      ['prompt', 'Work.'],
      ['text', 'Whole.'],
    ])
    expect((await talk()).some(([, text]) => text?.includes('Torn in the middle.'))).toBe(false)
    // Gone on with, it is told what was whole.
    become('BEGIN(); END()')
    expect((await run()).state).toBe('done')
  })

  test('writes records of a version that nobody knows is shown with what can be read', async () => {
    become(`BEGIN()
      RECORD(line('user', 'a', null, 'Work.') + '\\n')
      RECORD(JSON.stringify({ type: 'hologram', uuid: 'h', parentUuid: 'a', sessionId: SESSION, version: '99.0.0', shape: { deep: [1, 2] } }) + '\\n')
      RECORD(line('assistant', 'b', 'h', [{ type: 'text', text: 'Still here.' }, { type: 'smell', of: 'roses' }]) + '\\n')
      END()`)
    expect(await run()).toMatchObject({ state: 'done' })
    const said = await talk()
    expect(said).toContainEqual(['text', 'Still here.'])
    expect(said.some(([kind]) => kind === 'unknown')).toBe(true)
  })
})

test('a folder that is gone when the agent is to start is told, and nothing is started', async () => {
  become("BEGIN(); fs.writeFileSync(FOLDER + '/started', ''); END()")
  const { id } = await requestResume(world.ctx, { taskId, permissions: 'allow' })
  const { folder } = world.world
  renameSync(folder, `${folder}-away`)
  try {
    const begun = await beginRun({ ctx: world.ctx, daemonId: world.daemonId }, id)
    await begun?.ended
    const ended = await getRun(world.ctx, { id })
    expect(ended.state).toBe('failed')
    expect(ended.error?.detail).toContain(folder)
    await expect(requestResume(world.ctx, { taskId })).rejects.toMatchObject({ code: 'precondition_failed' })
  } finally {
    renameSync(`${folder}-away`, folder)
  }
  expect(existsSync(join(projectFolder(process.env.CLAUDE_CONFIG_DIR ?? '', folder), 'started'))).toBe(false)
})

test('a worker that is killed leaves no agent behind: the next one ends it, keeps what it wrote and says interrupted', async () => {
  const { file, remove } = await buildWorker()
  const options = { url: world.database.url, home: world.home }
  become(`for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {})
    BEGIN()
    RECORD(line('user', 'a', null, 'Work.') + '\\n' + line('assistant', 'b', 'a', [{ type: 'text', text: 'Begun.' }]) + '\\n')
    SAY({ type: 'assistant', message: { content: [] } })
    setInterval(() => {
      if (!fs.existsSync(FOLDER + '/go')) return
      fs.rmSync(FOLDER + '/go')
      RECORD(line('assistant', 'c', 'b', [{ type: 'text', text: 'Alone.' }]) + '\\n')
      fs.writeFileSync(FOLDER + '/gone-on', '')
    }, 20)`)
  const agentFolder = projectFolder(process.env.CLAUDE_CONFIG_DIR ?? '', world.world.folder)
  let worker = startWorker(file, options)
  try {
    const { id } = await requestResume(world.ctx, { taskId, permissions: 'allow' })
    await waitFor(async () => (await talk()).some(([, text]) => text === 'Begun.'))
    const [row] = await world.ctx.db.select({ pid: runs.pid, started: runs.pidStart }).from(runs)
    const agent = { pid: row?.pid ?? 0, started: row?.started ?? '' }
    expect(isRunning(agent)).toBe(true)
    await worker.kill()
    expect(isRunning(agent)).toBe(true)
    // What it records while nobody watches.
    writeFileSync(join(agentFolder, 'go'), '')
    await waitFor(() => existsSync(join(agentFolder, 'gone-on')))
    worker = startWorker(file, options)
    await waitFor(async () => (await getRun(world.ctx, { id })).state === 'interrupted')
    await waitFor(() => !isRunning(agent))
    expect(await talk()).toContainEqual(['text', 'Alone.'])
    expect((await world.getTask(taskId)).status).toBe('interrupted')
  } finally {
    await worker.kill()
    remove()
  }
}, 120_000)
