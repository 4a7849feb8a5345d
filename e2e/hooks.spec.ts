// Agents that a person runs in a terminal: their hooks tell Makima, and they appear there as they work.
import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { APIRequestContext } from '@playwright/test'
import { codexHome, geminiHome } from '@/server/agents/test-agent-homes'
import { type Dialect, startTestModel } from '@/server/agents/test-model-host'
import { generateContent } from '@/server/agents/test-model-gemini'
import { responses } from '@/server/agents/test-model-responses'
import { installProgram } from '@/server/agents/test-programs'
import { useAgent } from './agent'
import { expect, makeFolder, test } from './world'

const claude = useAgent()

const agentFolder = join(dirname(process.env.MAKIMA_E2E_HOME ?? ''), 'agent')
const inTerminal = (variables: Record<string, string>) => ({ ...process.env, ...variables, MAKIMA_API_URL: '' })

/** Not in one go: the model answers from this very process. Nothing is on its input, as programs wait for its end. */
function run(program: string, args: string[], options: { cwd?: string; env: NodeJS.ProcessEnv }) {
  const running = promisify(execFile)(program, args, { ...options, timeout: 120_000 })
  running.child.stdin?.end()
  return running
}
const makima = (env: NodeJS.ProcessEnv, ...args: string[]) => run(process.execPath, ['bin/makima', ...args], { env })

/** Until the session with these words is a contract that holds what was said and a checkpoint of the end of its turn. */
async function expectKept(request: APIRequestContext, prompt: string, said: string) {
  type Contract = { id: string; name: string; supervisorTaskId: string }
  let contract: Contract | undefined
  await expect
    .poll(async () => {
      const answer = await request.get('/api/v1/contracts', { params: { search: prompt } })
      contract = ((await answer.json()) as { contracts: Contract[] }).contracts[0]
      return contract?.name
    })
    .toContain(prompt)
  const task = `/api/v1/mesh/tasks/${contract?.supervisorTaskId}`
  await expect.poll(async () => (await request.get(`${task}/conversation`)).text()).toContain(said)
  await expect
    .poll(async () => (await (await request.get(`${task}/checkpoints`)).json()) as object)
    .toMatchObject({ checkpoints: [{ kind: 'turn', message: 'End of a turn' }] })
}

test('a session in a terminal is in Makima as it happens, with its files kept at the end of the turn', async ({
  request,
}) => {
  const { folder } = makeFolder()
  const env = inTerminal({ CLAUDE_CONFIG_DIR: join(agentFolder, 'home') })
  writeFileSync(join(folder, 'bird.txt'), 'wren\n')
  const { stdout } = await makima(env, 'hooks', 'install', '--agent', 'claude-code', '--json')
  expect(JSON.parse(stdout)).toMatchObject({ agents: [{ agent: 'claude-code', state: 'installed' }] })
  const watching = spawn(process.execPath, ['bin/makima', 'watch', '--json'], { env })
  let watched = ''
  watching.stdout.on('data', (part: Buffer) => (watched += part.toString()))
  try {
    claude.model?.say({ text: 'I looked at the bird.' })
    await run(join(agentFolder, 'claude'), ['-p', 'Look at the wren'], { cwd: folder, env })
    await expectKept(request, 'Look at the wren', 'I looked at the bird.')
    await expect.poll(() => watched).toContain('"eventType":"checkpoint.created"')
  } finally {
    watching.kill('SIGINT')
    await makima(env, 'hooks', 'remove', '--agent', 'claude-code')
  }
  expect(readFileSync(join(agentFolder, 'home', 'settings.json'), 'utf8')).not.toContain('hooks run')
})

type Hooked = {
  agent: 'codex' | 'gemini'
  dialect: Dialect
  /** Makes a home of its own that asks the model at `url`. */
  home: (home: string, url: string) => Record<string, string>
  settings: string
  args: (prompt: string) => string[]
}

const OTHERS: Hooked[] = [
  {
    agent: 'codex',
    dialect: responses,
    home: codexHome,
    settings: 'config.toml',
    args: (prompt) => ['exec', prompt],
  },
  {
    agent: 'gemini',
    dialect: generateContent,
    home: geminiHome,
    settings: '.gemini/settings.json',
    args: (prompt) => ['-p', prompt, '--yolo', '--skip-trust'],
  },
]

for (const { agent, dialect, home, settings, args } of OTHERS) {
  test(`so is one of ${agent}`, async ({ request }) => {
    test.setTimeout(300_000)
    const program = await installProgram(agent)
    test.skip(program === null, `${agent} cannot be installed here.`)
    const { folder } = makeFolder()
    writeFileSync(join(folder, 'bird.txt'), 'heron\n')
    const model = await startTestModel(dialect)
    const place = realpathSync(mkdtempSync(join(tmpdir(), `makima-${agent}-`)))
    const env = inTerminal(home(place, model.url))
    const read = () => readFileSync(join(place, settings), 'utf8')
    try {
      await makima(env, 'hooks', 'install', '--agent', agent)
      expect(read()).toContain('hooks')
      model.say({ text: `The heron stands still for ${agent}.` })
      await run(program ?? '', args(`Watch the heron with ${agent}`), { cwd: folder, env })
      await expectKept(request, `Watch the heron with ${agent}`, `The heron stands still for ${agent}.`)
    } finally {
      await makima(env, 'hooks', 'remove', '--agent', agent)
      await model.close()
    }
    expect(read()).not.toContain('hooks')
    expect(read()).toContain('model')
  })
}
