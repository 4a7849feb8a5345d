// The command line against the running Makima: as a program calls it, and in a terminal of its own as a person does.
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, makeWorld, test } from './world'

type Ran = { code: number; stdout: string; stderr: string }

async function makima(env: Record<string, string>, ...args: string[]): Promise<Ran> {
  const ran = promisify(execFile)(process.execPath, ['bin/makima', ...args], { env: { ...process.env, ...env } })
  return ran.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: Ran) => ({ code: error.code, stdout: error.stdout, stderr: error.stderr }),
  )
}

const hasTerminal = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0

/** The same in a terminal, where `typed` is typed. */
function inTerminal(env: Record<string, string>, typed: string, ...args: string[]): string {
  const command = [process.execPath, 'bin/makima', ...args].map((word) => `'${word}'`).join(' ')
  const out = execFileSync('script', ['-qec', command, '/dev/null'], {
    input: typed,
    encoding: 'utf8',
    env: { ...process.env, ...env, NO_COLOR: '1' },
  })
  return out.replaceAll('\r', '')
}

test('a program sees the history as JSON, page by page', async ({ request, baseURL }) => {
  const world = await makeWorld(request, 'Seen from a terminal')
  const env = { MAKIMA_API_URL: baseURL ?? '' }
  const json = async (...args: string[]) => JSON.parse((await makima(env, ...args)).stdout)
  const first = await json('timeline', '--contract', world.contractId, '--limit', '2')
  expect(first.entries).toHaveLength(2)
  const second = await json('timeline', '--contract', world.contractId, '--limit', '2', '--cursor', first.cursor)
  expect(second.entries[0].id).not.toBe(first.entries[0].id)
  const history = await json('task-history', world.taskId, '--type', 'checkpoint.created')
  expect(history.entries.map(({ eventType }: { eventType: string }) => eventType)).toEqual(
    Array.from({ length: 3 }, () => 'checkpoint.created'),
  )
  const { checkpoints } = await json('supervisor', 'task-checkpoints', world.taskId)
  expect(checkpoints.map(({ message }: { message: string }) => message)).toEqual(['Greet', 'Greet louder', 'Translate'])
  const { contracts } = await json('contracts', '--search', 'Seen from a terminal')
  expect(contracts.map(({ id }: { id: string }) => id)).toEqual([world.contractId])
})

test('a rewind shows what it would do, is done with a yes only, and is undone', async ({ request, baseURL }) => {
  const world = await makeWorld(request, 'Rewound from a terminal')
  const env = { MAKIMA_API_URL: baseURL ?? '' }
  const rewind = ['task-rewind', world.taskId, '--checkpoint', '1']
  const refused = await makima(env, ...rewind)
  expect(refused).toMatchObject({ code: 5, stdout: '' })
  expect(refused.stderr).toMatch(/Nothing was done: say --yes/)
  const plan = JSON.parse((await makima(env, ...rewind, '--dry-run')).stdout)
  expect(plan.files.map(({ path }: { path: string }) => path)).toEqual(
    expect.arrayContaining(['greet.txt', 'loud.txt']),
  )
  expect(world.read('greet.txt')).toBe('salut\n')
  const done = await makima(env, ...rewind, '--yes')
  expect(done.stderr).toBe('')
  expect(JSON.parse(done.stdout)).toMatchObject({ rewindedTo: { checkpointNumber: 1, message: 'Greet' } })
  expect(world.read('greet.txt')).toBe('hello\n')
  const { operations } = JSON.parse((await makima(env, 'operations', '--task', world.taskId)).stdout)
  expect(operations[0]).toMatchObject({ kind: 'rewind', canUndo: true })
  expect((await makima(env, 'undo', operations[0].id, '--yes')).code).toBe(0)
  expect(world.read('greet.txt')).toBe('salut\n')
  expect((await makima(env, 'undo', operations[0].id, '--yes')).code).toBe(4)
  expect(JSON.parse((await makima(env, 'shelf')).stdout).items.length).toBeGreaterThan(0)
})

test('a conversation goes back with its files, and a task is forked', async ({ request, baseURL }) => {
  const world = await makeWorld(request, 'Forked from a terminal')
  const env = { MAKIMA_API_URL: baseURL ?? '' }
  const back = await makima(env, 'rewind-conversation', world.contractId, '--count', '6', '--code', '--yes')
  expect(back.stderr).toBe('')
  expect(world.read('greet.txt')).toBe('HELLO\n')
  expect((await makima(env, 'undo', '--yes')).code).toBe(0)
  expect(world.read('greet.txt')).toBe('salut\n')
  const fork = await makima(
    env,
    'task-fork',
    world.taskId,
    '--from',
    '1',
    '--name',
    'Otherwise',
    '--branch',
    'otherwise',
  )
  expect(JSON.parse(fork.stdout)).toMatchObject({ branchName: 'otherwise', conversationIncluded: true })
  expect(world.git('log', '-1', '--format=%s', 'otherwise')).toBe('Greet')
})

test('errors are one line that says what to do, with their own exit code', async ({ request, baseURL }) => {
  const world = await makeWorld(request, 'Wrong in a terminal')
  const env = { MAKIMA_API_URL: baseURL ?? '' }
  const cases: [code: number, says: RegExp, env: Record<string, string>, args: string[]][] = [
    [3, /There is no task/, env, ['task-history', '00000000-0000-7000-8000-000000000000']],
    [2, /is not an id/, env, ['task-history', 'nowhere']],
    [3, /has no checkpoint 99/, env, ['task-rewind', world.taskId, '--checkpoint', '99', '--yes']],
    [2, /missing required argument/, env, ['task-history']],
    [2, /unknown command/, env, ['frobnicate']],
    [2, /exactly one of/, env, ['rewind-conversation', world.taskId, '--yes']],
    [
      5,
      /Nothing answers at http:\/\/127\.0\.0\.1:9.*npm start/,
      { MAKIMA_API_URL: 'http://127.0.0.1:9' },
      ['timeline'],
    ],
  ]
  for (const [code, says, environment, args] of cases) {
    const ran = await makima(environment, ...args)
    expect(ran.stderr, args.join(' ')).toMatch(says)
    expect(ran.stderr.trim().split('\n').length, args.join(' ')).toBeLessThanOrEqual(2)
    expect(ran.code, args.join(' ')).toBe(code)
  }
})

test('completion scripts for three shells, words from them, and a pipe that closes early', async ({ baseURL }) => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    expect((await makima({}, 'completion', shell)).stdout).toContain('makima')
  }
  expect((await makima({}, 'complete', '--', 'task-r')).stdout).toMatch(
    /task-rewind[^]*task-resume-from|task-resume-from[^]*task-rewind/,
  )
  const cut = spawnSync('sh', ['-c', `"${process.execPath}" bin/makima timeline --json | head -c 1; echo $?`], {
    encoding: 'utf8',
    env: { ...process.env, MAKIMA_API_URL: baseURL ?? '' },
  })
  expect(cut.stderr).toBe('')
})

test.describe('in a terminal', () => {
  test.skip(!hasTerminal, 'There is no program here that gives a command a terminal.')

  test('a person sees tables, the plan, and is asked', async ({ request, baseURL }) => {
    const world = await makeWorld(request, 'Asked in a terminal')
    const env = { MAKIMA_API_URL: baseURL ?? '' }
    const table = inTerminal(env, '', 'task-checkpoints', world.taskId)
    expect(table).toMatch(/#\s+When\s+Kind\s+Commit\s+Lines\s+Message\s+Id/)
    expect(table).toMatch(/2\s+\S+ \S+\s+commit\s+[0-9a-f]{8}\s+\+2 -1\s+Greet louder/)
    const no = inTerminal(env, 'n\n', 'task-rewind', world.taskId, '--checkpoint', '1')
    expect(no).toMatch(/restore\s+greet\.txt/)
    expect(no).toContain('Nothing was done.')
    expect(world.read('greet.txt')).toBe('salut\n')
    const yes = inTerminal(env, 'y\n', 'task-rewind', world.taskId, '--checkpoint', '1')
    expect(yes).toContain('Rewound to checkpoint 1: Greet.')
    expect(yes).toMatch(/Undo it with: makima undo [0-9a-f-]{36}/)
    expect(world.read('greet.txt')).toBe('hello\n')
    expect(inTerminal(env, '', 'timeline', '--limit', '3', '--task', world.taskId)).toMatch(/rewind\.applied/)
  })
})

test('a conversation is shared and written to a file from the terminal, and nothing leaves unasked', async ({
  request,
  baseURL,
}) => {
  const world = await makeWorld(request, 'Shared from a terminal')
  const env = { MAKIMA_API_URL: baseURL ?? '' }
  expect((await makima(env, 'share', world.taskId)).code).toBe(5)
  const look = JSON.parse((await makima(env, 'share', world.taskId, '--dry-run')).stdout)
  expect(look.title).toContain('Shared from a terminal')
  await makima(env, 'share', world.taskId, '--dry-run', '--yes')
  const before = JSON.parse((await makima(env, 'shares')).stdout)
  expect(before.shares.some(({ taskId }: { taskId: string }) => taskId === world.taskId)).toBe(false)
  const made = JSON.parse((await makima(env, 'share', world.taskId, '--days', '1', '--yes')).stdout)
  expect((await request.get(made.url)).status()).toBe(200)
  const { shares } = JSON.parse((await makima(env, 'shares')).stdout)
  expect(shares.find(({ id }: { id: string }) => id === made.id)).toMatchObject({ state: 'open', views: 1 })
  expect((await makima(env, 'unshare', made.id)).code).toBe(0)
  expect((await request.get(made.url)).status()).toBe(404)

  const markdown = await makima(env, 'export', world.taskId)
  expect(markdown.stdout).toMatch(/^# Shared from a terminal[^]*## Person[^]*Greet louder/)
  const raw = await makima(env, 'export', world.taskId, '--format', 'agent')
  expect(JSON.parse(raw.stdout.split('\n')[0] ?? '')).toMatchObject({ type: 'user', version: '2.1.42' })
})
