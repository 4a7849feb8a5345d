// The command line of an agent that leads a contract, against the running Makima.
import { spawnSync } from 'node:child_process'
import { expect, makeWorld, test } from './world'

function makima(url: string, contractId: string, ...args: string[]) {
  return makimaAs({ MAKIMA_API_URL: url, MAKIMA_CONTRACT_ID: contractId }, ...args)
}

function makimaAs(env: Record<string, string>, ...args: string[]) {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['bin/makima', 'supervisor', ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  return { stdout, stderr, status }
}

test('an agent that leads a contract lists its tasks, waits for them and reads what they said', async ({
  request,
  baseURL,
}) => {
  const { contractId, taskId, folder } = await makeWorld(request, 'lead the greeter')
  const run = (...args: string[]) => makima(baseURL ?? '', contractId, ...args)

  const { tasks } = JSON.parse(run('tasks').stdout) as { tasks: { id: string; status: string }[] }
  expect(tasks.map(({ id }) => id)).toEqual([taskId])
  expect(run('tree').stdout).toBe(run('tasks').stdout)

  const added = await request.post(`/api/v1/contracts/${contractId}/tasks`, {
    data: { name: 'A second task', worktreePath: folder },
  })
  expect(added.status(), await added.text()).toBe(201)
  const waited = run('wait', '--timeout', '20')
  expect(waited.stderr).toBe('')
  expect((JSON.parse(waited.stdout) as { tasks: object[] }).tasks).toHaveLength(2)

  const last = JSON.parse(run('output', taskId).stdout) as { messages: { content: string }[] }
  expect(last.messages.map(({ content }) => content)).toEqual(['Done.'])
  const all = JSON.parse(run('output', taskId, '--all').stdout) as { messages: { role: string; content: string }[] }
  expect(all.messages[0]).toMatchObject({ role: 'user', content: 'lead the greeter: make a program that greets' })
  expect(all.messages.at(-1)).toMatchObject({ role: 'assistant', content: 'Done.' })

  const foreign = run('wait', '00000000-0000-7000-8000-000000000000')
  expect(foreign.stderr).toMatch(/This contract has no task 0000.*makima supervisor tasks/)
  expect(foreign.status).toBe(3)
  const nameless = makima(baseURL ?? '', '', 'tasks')
  expect(nameless.stderr).toMatch(/--contract ID/)
  expect(nameless.status).toBe(2)
})

test('it keeps its files and moves its contract through the phases', async ({ request, baseURL }) => {
  const { contractId, taskId } = await makeWorld(request, 'keep the greeter')
  const env = { MAKIMA_API_URL: baseURL ?? '', MAKIMA_CONTRACT_ID: contractId, MAKIMA_TASK_ID: taskId }
  const taken = makimaAs(env, 'checkpoint', '--message', 'Half way')
  expect(taken.stderr).toBe('')
  expect(JSON.parse(taken.stdout)).toMatchObject({ sha: expect.stringMatching(/^[0-9a-f]{40}$/) })
  expect(JSON.parse(makimaAs(env, 'advance-phase', 'plan').stdout)).toEqual({ contractId, phase: 'plan' })
  expect(JSON.parse(makimaAs(env, 'advance-phase').stdout)).toEqual({ contractId, phase: 'execute' })
  const wrong = makimaAs(env, 'advance-phase', 'later')
  expect(wrong.stderr).toMatch(/research/)
  expect(wrong.status).toBe(2)
  const nobody = makimaAs({ ...env, MAKIMA_TASK_ID: '' }, 'checkpoint')
  expect(nobody.stderr).toMatch(/--task ID/)
})
