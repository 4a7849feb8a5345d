// What it costs to let Makima run an agent: the wait for its first word, a busy agent's share of a core, twenty at once.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { randomUUID } from 'node:crypto'
import { claudeCode } from '@/server/agents/claude-code'
import { startTestModel } from '@/server/agents/test-model-host'
import { messages } from '@/server/agents/test-model-messages'
import { installProgram } from '@/server/agents/test-programs'
import { startAgent } from '@/server/worker/runs/agent-process'
import { readCpuOf } from './cpu'
import { listen } from './live-listener'
import { type Makima, startMakima } from './makima'
import { compare, type Line, type Report } from './report'
import type { World } from './world'

export const title = 'Agents that Makima runs'

const WORDS = Array.from({ length: 40 }, (_, n) => `word${n}`).join(' ')
const PIECES_A_SECOND = 50
const AT_ONCE = 20

type Ground = { world: World; makima: Makima; program: string; folder: string; contractId: string }

export async function measure(world: World): Promise<Omit<Report, 'figure' | 'title'>> {
  const real = await installProgram('claude')
  if (real === null) return { lines: [], notes: [], skipped: 'Claude Code could not be installed' }
  const model = await startTestModel(messages)
  world.onEnd(() => model.close())
  const [home, folder] = [join(world.folder, 'agent'), join(world.folder, 'project')]
  for (const path of [home, folder]) mkdirSync(path)
  const program = join(world.folder, 'program')
  Object.assign(process.env, {
    MAKIMA_CLAUDE: program,
    CLAUDE_CONFIG_DIR: home,
    ANTHROPIC_BASE_URL: model.url,
    ANTHROPIC_API_KEY: 'bench',
    ANTHROPIC_MODEL: 'test-model',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  })
  makeRepository(folder)
  become(program, real)
  world.say('agents: starting Makima')
  const makima = await startMakima(world)
  const { contractId } = await post<{ contractId: string }>(makima, '/contracts', {
    name: 'Bench',
    repositoryPath: folder,
    agent: 'claude-code',
    maxParallel: AT_ONCE,
  })
  const ground = { world, makima, program, folder, contractId }
  const waits = await measureFirstWord(ground, real, () => model.say({ text: WORDS }))
  const share = await measureShare(ground)
  const crowd = await measureCrowd(ground)
  return {
    lines: [waits, ...(share ? [share] : []), ...crowd],
    notes: [
      'first word: the real Claude Code with a model on loopback, heard where a task’s page hears it',
      `the other figures: a program that writes as Claude Code does, ${PIECES_A_SECOND} pieces a second; a share is that of all of Makima’s processes, its database among them, with one page open`,
      ...(share ? [] : ['shares of a core are read from /proc and skipped where there is none']),
    ],
  }
}

async function measureFirstWord(ground: Ground, real: string, prepare: () => void): Promise<Line> {
  const rounds = ground.world.quick ? 2 : 6
  const [ours, alone]: [number[], number[]] = [[], []]
  for (let round = -1; round < rounds; round++) {
    ground.world.say(round < 0 ? 'agents: warming up' : `agents: round ${round + 1} of ${rounds}`)
    prepare()
    const bare = await runAlone(real, ground.folder)
    prepare()
    const { firstMs } = await runHere(ground, await addTask(ground))
    if (round < 0) continue
    alone.push(bare)
    ours.push(firstMs)
  }
  const yardstick = { name: 'the agent by itself', measure: { unit: 'ms' as const, samples: alone } }
  return compare('click to first word', { unit: 'ms', samples: ours }, yardstick, {
    text: '≤ 1.2 ×',
    isReached: (_, ratio) => ratio <= 1.2,
  })
}

/** The same program with the same arguments, from its start to its first word. */
async function runAlone(file: string, cwd: string): Promise<number> {
  const input = {
    cwd,
    env: process.env,
    program: { path: file, version: '' },
    sessionId: null,
    newSessionId: randomUUID(),
    prompt: 'Say words.',
    model: null,
    permissions: 'allow' as const,
    maxTurns: null,
  }
  const stream = claudeCode.createStream(input)
  const started = performance.now()
  const child = await startAgent(claudeCode.launch(input), cwd)
  let first = Number.NaN
  for await (const line of child.lines) {
    for (const event of stream.read(line)) {
      if (event.type === 'delta' && Number.isNaN(first)) first = performance.now() - started
      if (event.type === 'turn_ended') child.closeInput()
    }
  }
  await child.ended
  return first
}

/** Clicks, and waits for the end; what the task's page heard meanwhile. */
async function runHere({ makima }: Ground, taskId: string) {
  const heard = await listen(makima, taskId)
  const started = performance.now()
  await post(makima, `/mesh/tasks/${taskId}/resume`, {
    agent: 'claude-code',
    additionalContext: 'Say words.',
    permissions: 'allow',
  })
  await atRest(makima, taskId)
  heard.close()
  return { firstMs: (heard.firstAt() ?? Number.NaN) - started, text: heard.text(), faults: heard.faults() }
}

async function measureShare(ground: Ground): Promise<Line | null> {
  const seconds = ground.world.quick ? 4 : 15
  const makimaHome = join(ground.world.folder, 'home')
  if (readCpuOf(makimaHome) === null) return null
  ground.world.say('agents: a busy one')
  speak(ground.program, PIECES_A_SECOND * seconds)
  const taskId = await addTask(ground)
  const shareOf = async (work: () => Promise<unknown>) => {
    const [before, started] = [readCpuOf(makimaHome) ?? 0, performance.now()]
    await work()
    return ((readCpuOf(makimaHome) ?? 0) - before) / (performance.now() - started)
  }
  const heard = await listen(ground.makima, taskId)
  const idle = await shareOf(() => sleep(seconds * 1_000))
  await post(ground.makima, `/mesh/tasks/${taskId}/resume`, {
    agent: 'claude-code',
    additionalContext: 'Speak.',
    permissions: 'allow',
  })
  while (heard.firstAt() === null) await sleep(20)
  const busy = await shareOf(() => sleep(seconds * 900))
  await atRest(ground.makima, taskId)
  heard.close()
  const percent = (busy - idle) * 100
  return {
    name: 'share of a core for one busy agent',
    ours: { unit: '%', samples: [percent] },
    yardstick: { name: 'at rest', measure: { unit: '%', samples: [idle * 100] } },
    target: { text: '< 5 % more than at rest', reached: percent < 5 },
  }
}

async function measureCrowd(ground: Ground): Promise<Line[]> {
  const { makima, contractId } = ground
  const many = ground.world.quick ? 4 : AT_ONCE
  ground.world.say(`agents: ${many} at once`)
  const pieces = PIECES_A_SECOND * (ground.world.quick ? 2 : 6)
  const said = speak(ground.program, pieces)
  // Each in a folder of its own, as a supervisor starts them.
  const tasks: string[] = []
  const [held, release] = hold(ground)
  for (let n = 0; n < many; n++) {
    const path = `/contracts/${contractId}/supervisor/spawn`
    const run = await post<{ taskId: string }>(makima, path, {
      name: `Task ${n}`,
      plan: 'Speak.',
      permissions: 'allow',
    })
    tasks.push(run.taskId)
  }
  const heard = await Promise.all(tasks.map((taskId) => listen(makima, taskId)))
  const started = performance.now()
  release()
  await Promise.all(tasks.map((taskId) => atRest(makima, taskId)))
  const seconds = (performance.now() - started) / 1_000
  rmSync(held, { force: true })
  const wrong = heard.filter((one) => one.text() !== said || one.faults() > 0).length
  for (const one of heard) one.close()
  return [
    {
      name: `pages that missed or doubled a piece, of ${many} at once`,
      ours: { unit: 'pages', samples: [wrong] },
      target: { text: 'none', reached: wrong === 0 },
    },
    {
      name: 'from the first word to the last end of all',
      ours: { unit: 's', samples: [seconds] },
      yardstick: { name: 'one writes for', measure: { unit: 's', samples: [pieces / PIECES_A_SECOND] } },
    },
  ]
}

/** While the file is there no program begins to speak, so that all of them do at once. */
function hold({ program }: Ground): [file: string, release: () => void] {
  const file = `${program}.hold`
  writeFileSync(file, '')
  return [file, () => existsSync(file) && renameSync(file, `${file}.done`)]
}

/** The program becomes one that says so many pieces, and records them as Claude Code does. Answers with what it says. */
function speak(program: string, pieces: number): string {
  const text = Array.from({ length: pieces }, (_, n) => `piece ${n}, `)
  const body = `#!${process.execPath}
    const fs = require('fs'), { join } = require('path')
    if (process.argv.includes('--version')) { console.log('99.0.0 (Claude Code)'); process.exit(0) }
    const id = process.argv[process.argv.indexOf('--session-id') + 1]
    const say = (value) => process.stdout.write(JSON.stringify(value) + '\\n')
    const cwd = process.cwd()
    const folder = join(process.env.CLAUDE_CONFIG_DIR, 'projects', cwd.replace(/[^a-zA-Z0-9]/g, '-'))
    fs.mkdirSync(folder, { recursive: true })
    const record = (type, uuid, parentUuid, content) => fs.appendFileSync(join(folder, id + '.jsonl'), JSON.stringify({ type, uuid, parentUuid, sessionId: id, version: '99.0.0', cwd, timestamp: new Date().toISOString(), message: { role: type, content, ...(type === 'assistant' && { id: uuid, model: 'bench' }) } }) + '\\n')
    const text = ${JSON.stringify(text)}
    const begin = () => {
      say({ type: 'system', subtype: 'init', session_id: id })
      record('user', id.replace(/.$/, '0'), null, 'Speak.')
      let n = 0
      const timer = setInterval(() => {
        if (n < text.length) return say({ type: 'stream_event', event: { type: 'content_block_delta', delta: { type: 'text_delta', text: text[n++] } } })
        clearInterval(timer)
        record('assistant', id.replace(/.$/, '1'), id.replace(/.$/, '0'), [{ type: 'text', text: text.join('') }])
        say({ type: 'result', subtype: 'success', is_error: false })
        process.exitCode = 0
        process.stdin.destroy()
      }, ${1_000 / PIECES_A_SECOND})
    }
    const wait = setInterval(() => { if (!fs.existsSync(${JSON.stringify(`${program}.hold`)})) { clearInterval(wait); begin() } }, 10)`
  rmSync(program, { force: true })
  writeFileSync(program, body)
  chmodSync(program, 0o755)
  return text.join('')
}

function become(program: string, real: string): void {
  rmSync(program, { force: true })
  symlinkSync(real, program)
}

function makeRepository(folder: string): void {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], { cwd: folder })
  git('init', '-q', '-b', 'main')
  writeFileSync(join(folder, 'README.md'), '# Bench\n')
  git('add', '-A')
  git('commit', '-q', '-m', 'Begin')
}

const addTask = async ({ makima, contractId, folder }: Ground) =>
  (
    await post<{ taskId: string }>(makima, `/contracts/${contractId}/tasks`, {
      name: 'Speak',
      plan: 'Speak.',
      worktreePath: folder,
    })
  ).taskId

async function atRest(makima: Makima, taskId: string): Promise<void> {
  for (;;) {
    const answer = await makima.ask(`/api/v1/runs?open=true&taskId=${taskId}`)
    const { runs } = (await answer.json()) as { runs: object[] }
    if (runs.length === 0) return
    await sleep(100)
  }
}

async function post<T>(makima: Makima, path: string, body: object): Promise<T> {
  const answer = await makima.ask(`/api/v1${path}`, { method: 'POST', body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${path} was refused: ${await answer.text()}`)
  return (await answer.json()) as T
}
