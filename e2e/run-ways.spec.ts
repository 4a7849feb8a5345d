// The ways in which work goes on, over REST and the command line, in the real agent: what it is told is what was asked for.
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { APIRequestContext } from '@playwright/test'
import { useAgent } from './agent'
import { OperationDialog } from './pages/operation-dialog'
import { ResumeDialog } from './pages/resume-dialog'
import { TaskPage } from './pages/task-page'
import { expect, makeWorld, test } from './world'

const claude = useAgent()

const asked = () => (claude.model?.histories.at(-1) ?? []).flatMap(([role, text]) => (role === 'user' ? [text] : []))

type Run = { runId: string; taskId: string; state: string; command: string | null }

/** Asks for a run and waits for its end. */
async function resume(request: APIRequestContext, path: string, data: object): Promise<Run> {
  const answer = await request.post(`/api/v1${path}`, { data })
  expect(answer.ok(), await answer.text()).toBe(true)
  const { runId } = (await answer.json()) as Run
  let run: Run | undefined
  await expect
    .poll(
      async () => {
        run = (await (await request.get(`/api/v1/runs/${runId}`)).json()) as Run
        return run.state
      },
      { timeout: 30_000 },
    )
    .toBe('done')
  return run as Run
}

type Checkpoint = { id: string; number: number }
const checkpointsOf = async (request: APIRequestContext, taskId: string) => {
  const answer = await (await request.get(`/api/v1/mesh/tasks/${taskId}/checkpoints`)).json()
  return (answer as { checkpoints: Checkpoint[] }).checkpoints
}

/** Not in one go: the model answers from this very process. */
const makima = async (url: string | undefined, ...args: string[]) =>
  promisify(execFile)(process.execPath, ['bin/makima', ...args], { env: { ...process.env, MAKIMA_API_URL: url ?? '' } })

test('from a checkpoint an agent goes on with its files and with what was said until then', async ({ request }) => {
  const world = await makeWorld(request, 'From a checkpoint')
  const first = (await checkpointsOf(request, world.taskId)).find(({ number }) => number === 1)
  claude.model?.say({ text: 'On from the first.' })
  await resume(request, `/mesh/tasks/${world.taskId}/resume`, {
    resumeMode: 'from_checkpoint',
    checkpointId: first?.id,
    additionalContext: 'Greet softly.',
  })
  expect(world.read('greet.txt')).toBe('hello\n')
  expect(world.read('mine.txt')).toBe('written by the person\n')
  expect(asked()).toEqual(['From a checkpoint: make a program that greets', 'Greet softly.'])
})

test('a phase is begun anew with what was asked at its start', async ({ request }) => {
  const world = await makeWorld(request, 'A phase anew')
  claude.model?.say({ text: 'Once more.' })
  await resume(request, `/mesh/tasks/${world.taskId}/resume`, { resumeMode: 'restart_phase' })
  expect(asked()).toEqual(['A phase anew: make a program that greets'])
  expect(world.read('greet.txt')).toBe('salut\n')
})

test('odd wishes are refused with a sentence', async ({ request }) => {
  const world = await makeWorld(request, 'Odd wishes')
  const path = `/api/v1/mesh/tasks/${world.taskId}/resume`
  const detail = async (data: object) =>
    ((await (await request.post(path, { data })).json()) as { detail: string }).detail
  expect(await detail({ resumeMode: 'from_checkpoint' })).toContain('give both')
  expect(await detail({ agent: 'clippy' })).toContain('An agent is one of claude-code, codex')
  expect(await detail({ resumeMode: 'restart_phase', atMessageId: world.taskId })).toContain('leave resumeMode out')
  expect(await detail({ agent: 'acp' })).toContain('MAKIMA_ACP')
})

test('a new task begins where an earlier one stands, files that no commit has included', async ({
  request,
  baseURL,
}) => {
  const world = await makeWorld(request, 'Begin where it stands')
  writeFileSync(join(world.folder, 'loose.txt'), 'in no commit\n')
  claude.model?.say({ text: 'I begin there.' })
  // The end of a turn keeps the files, so that the task has a state of its own.
  await resume(request, `/mesh/tasks/${world.taskId}/resume`, { additionalContext: 'Look around.' })
  await expect.poll(async () => (await checkpointsOf(request, world.taskId)).length).toBeGreaterThan(3)
  writeFileSync(join(world.folder, 'loose.txt'), 'changed by another\n')
  claude.model?.say({ text: 'Going on there.' })
  const words = ['task-resume-from', world.taskId, '--plan', 'Say goodbye.', '--no-conversation', '--json']
  const { stdout, stderr } = await makima(baseURL, ...words)
  expect(stderr).toBe('')
  const run = JSON.parse(stdout.trim()) as Run
  expect(run).toMatchObject({ state: 'done' })
  expect(run.taskId).not.toBe(world.taskId)
  const task = (await (await request.get(`/api/v1/mesh/tasks/${run.taskId}`)).json()) as { worktree: { path: string } }
  expect(readFileSync(join(task.worktree.path, 'loose.txt'), 'utf8')).toBe('in no commit\n')
  expect(world.read('loose.txt')).toBe('changed by another\n')
  expect(asked()).toEqual(['Say goodbye.'])
})

test('the command line lets a task or its contract go on, from an earlier message too, or prints the command', async ({
  request,
  baseURL,
}) => {
  const world = await makeWorld(request, 'From the terminal')
  claude.model?.say({ text: 'On from the terminal.' })
  const whole = await makima(baseURL, 'resume', world.contractId, '--context', 'Go on.', '--json')
  expect(JSON.parse(whole.stdout)).toMatchObject({ taskId: world.taskId, state: 'done' })
  expect(asked().at(-1)).toBe('Go on.')
  const talk = (await (await request.get(`/api/v1/mesh/tasks/${world.taskId}/conversation`)).json()) as {
    messages: { id: string; content: string }[]
  }
  const at = talk.messages.find(({ content }) => content === 'I write it.')?.id ?? ''
  claude.model?.say({ text: 'From the middle.' })
  const middle = await makima(baseURL, 'resume', world.taskId, '--at', at, '--context', 'Otherwise.', '--json')
  expect((JSON.parse(middle.stdout) as Run).taskId).not.toBe(world.taskId)
  expect(asked()).toEqual(['From the terminal: make a program that greets', 'Otherwise.'])
  const requests = claude.model?.histories.length
  const printed = await makima(baseURL, 'resume', world.taskId, '--print', '--json')
  expect((JSON.parse(printed.stdout) as Run).command).toMatch(/^cd .*greeter && claude --resume [0-9a-f-]{36}$/)
  expect(claude.model?.histories).toHaveLength(requests ?? -1)
  await expect(makima(baseURL, 'resume', world.taskId, '--at', 'nowhere')).rejects.toMatchObject({ code: 2 })
})

test('a fork can begin with an agent: the page shows first what it will know', async ({ page, request }) => {
  const world = await makeWorld(request, 'Fork and begin')
  const task = new TaskPage(page)
  await task.open(world.taskId)
  await task.onCheckpoint(1, 'Fork from here')
  const dialog = new OperationDialog(page)
  await dialog.root.getByLabel('Name of the new task').fill('A softer greeting')
  await dialog.root.getByLabel('What it should try').fill('Whisper it.')
  await dialog.root.getByRole('switch', { name: /^Then start an agent/ }).click()
  await expect(dialog.plan).toBeVisible()
  await dialog.root.getByRole('button', { name: /^Fork/ }).click()
  const next = new ResumeDialog(page)
  await expect(next.known).toBeVisible({ timeout: 30_000 })
  await expect(next.prompt).toHaveValue('Whisper it.')
  claude.model?.say({ text: 'Psst.' })
  await next.runHere()
  await expect(task.messages.last()).toContainText('Psst.', { timeout: 30_000 })
  expect(asked()).toEqual(['Fork and begin: make a program that greets', 'Whisper it.'])
})

test('an agent can be told the conversation in words that a person changed, in a task of its own', async ({
  page,
  request,
}) => {
  const world = await makeWorld(request, 'Told in words')
  const task = new TaskPage(page)
  await task.open(world.taskId)
  const dialog = new ResumeDialog(page)
  await dialog.openFrom('Resume')
  await dialog.root.getByRole('switch', { name: /^Tell it in words/ }).click()
  const words = dialog.root.getByRole('textbox', { name: 'What it is told of the conversation' })
  await expect(words).toHaveValue(/## The person\s+Greet louder/)
  await words.fill((await words.inputValue()).replace('Greet louder', 'Greet with joy'))
  await expect(dialog.root.getByRole('button', { name: 'Copy the command' })).toBeDisabled()
  await dialog.prompt.fill('Go on.')
  claude.model?.say({ text: 'Joyfully.' })
  await dialog.runHere()
  await expect(page).not.toHaveURL(new RegExp(world.taskId), { timeout: 30_000 })
  await expect(task.messages.last()).toContainText('Joyfully.', { timeout: 30_000 })
  expect(asked()).toHaveLength(1)
  expect(asked()[0]).toMatch(/Greet with joy[^]*Go on\.$/)
  expect(asked()[0]).not.toMatch(/## The person\s+Greet louder/)
})
