// An agent that a person runs in a terminal: its hooks tell Makima, and it appears there as it works.
import { execFile, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { useAgent } from './agent'
import { expect, makeFolder, test } from './world'

const claude = useAgent()

const agentFolder = join(dirname(process.env.MAKIMA_E2E_HOME ?? ''), 'agent')
const environment = () => ({ ...process.env, CLAUDE_CONFIG_DIR: join(agentFolder, 'home'), MAKIMA_API_URL: '' })

/** Not in one go: the model answers from this very process. */
const makima = (...args: string[]) =>
  promisify(execFile)(process.execPath, ['bin/makima', ...args], { env: environment() })

test('a session in a terminal is in Makima as it happens, with its files kept at the end of the turn', async ({
  request,
}) => {
  const { folder } = makeFolder()
  mkdirSync(join(folder, 'src'))
  writeFileSync(join(folder, 'src', 'bird.txt'), 'wren\n')
  const { stdout } = await makima('hooks', 'install', '--agent', 'claude-code', '--json')
  expect(JSON.parse(stdout)).toMatchObject({ agents: [{ agent: 'claude-code', state: 'installed' }] })
  const watching = spawn(process.execPath, ['bin/makima', 'watch', '--json'], { env: environment() })
  let watched = ''
  watching.stdout.on('data', (part: Buffer) => (watched += part.toString()))
  try {
    claude.model?.say({ text: 'I looked at the bird.' })
    await promisify(execFile)(join(agentFolder, 'claude'), ['-p', 'Look at the wren'], {
      cwd: folder,
      env: environment(),
    })
    type Contract = { id: string; name: string; supervisorTaskId: string }
    let contract: Contract | undefined
    await expect
      .poll(async () => {
        const answer = await request.get('/api/v1/contracts', { params: { search: 'wren' } })
        contract = ((await answer.json()) as { contracts: Contract[] }).contracts[0]
        return contract?.name
      })
      .toContain('Look at the wren')
    const task = `/api/v1/mesh/tasks/${contract?.supervisorTaskId}`
    const talk = await (await request.get(`${task}/conversation`)).text()
    expect(talk).toContain('I looked at the bird.')
    await expect
      .poll(async () => (await (await request.get(`${task}/checkpoints`)).json()) as object)
      .toMatchObject({ checkpoints: [{ kind: 'turn', message: 'End of a turn' }] })
    await expect.poll(() => watched).toContain('"eventType":"checkpoint.created"')
  } finally {
    watching.kill('SIGINT')
    await makima('hooks', 'remove')
  }
  expect(readFileSync(join(agentFolder, 'home', 'settings.json'), 'utf8')).not.toContain('hooks run')
})
