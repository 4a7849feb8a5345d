// A contract of one's own: made on the page, led by a real agent that starts another one from its terminal.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { useAgent } from './agent'
import { TaskPage } from './pages/task-page'
import { expect, makeFolder, test } from './world'

const claude = useAgent()

test('a contract made on the page is led by an agent that starts a task, waits for it and goes to the next phase', async ({
  page,
  request,
}) => {
  test.setTimeout(120_000)
  const { folder, git } = makeFolder()
  const spawn = 'makima supervisor spawn --name "Say hello" --plan "Write hello.txt" --permissions allow --wait'
  claude.model?.say(
    {
      calls: [{ name: 'Bash', input: { command: `echo draft > draft.txt && ${spawn}`, description: 'Start a task' } }],
    },
    // The task that was started speaks to the same model.
    { calls: [{ name: 'Bash', input: { command: 'cat draft.txt > hello.txt', description: 'Write' } }] },
    { text: 'Hello is written.' },
    { calls: [{ name: 'Bash', input: { command: 'makima supervisor advance-phase', description: 'Go on' } }] },
    { text: 'All is done.' },
  )
  await page.goto('/contracts')
  await page.getByRole('button', { name: 'New contract' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Goal').fill('Lead a greeting')
  await dialog.getByLabel('Repository folder').fill(folder)
  await dialog.getByLabel('Agents at once').fill('2')
  await dialog.getByRole('switch', { name: /^Allow everything/ }).click()
  await dialog.getByRole('button', { name: 'Create and start' }).click()
  await page.waitForURL(/\/tasks\//)
  const task = new TaskPage(page)
  await expect(task.messages.last()).toContainText('All is done.', { timeout: 90_000 })
  // The first thing that the model was asked: the goal, and how to lead.
  const beginning = claude.model?.histories.find((history) => history[0]?.[1]?.startsWith('Lead a greeting'))
  expect(beginning?.[0]?.[1]).toContain('makima supervisor spawn')

  const { contracts } = (await (await request.get('/api/v1/contracts?search=Lead+a+greeting')).json()) as {
    contracts: { id: string; phase: string; taskCount: number }[]
  }
  expect(contracts[0]).toMatchObject({ phase: 'review', taskCount: 2 })
  await page.goto(`/contracts/${contracts[0]?.id}`)
  await expect(page.getByRole('link', { name: 'Say hello' }).first()).toBeVisible()
  const { tasks } = (await (await request.get(`/api/v1/contracts/${contracts[0]?.id}/tasks`)).json()) as {
    tasks: {
      name: string
      parentTaskId: string | null
      isSupervisor: boolean
      worktree: { path: string }
      id: string
    }[]
  }
  const [lead, child] = [tasks.find((one) => one.isSupervisor), tasks.find((one) => !one.isSupervisor)]
  expect(child).toMatchObject({ name: 'Say hello', parentTaskId: lead?.id })
  // It began with the supervisor's files as they were, in a folder of its own.
  expect(readFileSync(join(child?.worktree.path ?? '', 'hello.txt'), 'utf8')).toBe('draft\n')
  expect(git('status', '--short')).toBe('?? draft.txt')
})
