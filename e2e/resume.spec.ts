import { useAgent } from './agent'
import { OperationDialog } from './pages/operation-dialog'
import { ResumeDialog } from './pages/resume-dialog'
import { TaskPage } from './pages/task-page'
import { expect, makeWorld, test } from './world'

const claude = useAgent()

test('a task goes on in the real agent, with the hand-over in view and its words as they come', async ({
  page,
  request,
}) => {
  const world = await makeWorld(request, 'Resumed work')
  const words = Array.from({ length: 400 }, (_, index) => `word${index}`)
  claude.model?.say({ text: words.join(' ') })
  const task = new TaskPage(page)
  await task.open(world.taskId)
  const dialog = new ResumeDialog(page)
  await dialog.openFrom('Resume')
  await expect(dialog.known).toContainText('Done.')
  await dialog.prompt.fill('Count for me.')
  await dialog.runHere()
  const live = page.getByRole('region', { name: 'The agent at work' })
  await expect(live).toContainText('word3', { timeout: 30_000 })
  await expect(task.prompt('Count for me.')).toBeVisible()
  await expect(live).toBeHidden({ timeout: 30_000 })
  await expect(task.messages.last()).toContainText('word20')
  await expect(page.getByText('Record of an unknown kind')).toHaveCount(0)
  const sent = claude.model?.histories.at(-1) ?? []
  expect(sent[0]).toEqual(['user', 'Resumed work: make a program that greets'])
  expect(sent.at(-1)).toEqual(['user', 'Count for me.'])
})

test('a question of the agent is answered on the page, and a running agent is stopped there', async ({
  page,
  request,
}) => {
  const world = await makeWorld(request, 'Asked work')
  await page.clock.install()
  claude.model?.say(
    { calls: [{ name: 'Bash', input: { command: 'touch asked.txt', description: 'Make a file' } }] },
    { text: 'Made.' },
  )
  const task = new TaskPage(page)
  await task.open(world.taskId)
  const dialog = new ResumeDialog(page)
  await dialog.openFrom('Resume')
  await dialog.runHere()
  const question = page.getByRole('group', { name: 'Permission to use Bash' })
  await expect(question).toContainText('touch asked.txt', { timeout: 30_000 })
  await expect(page.getByText('Waits for you')).toBeVisible()
  await question.getByRole('button').first().click()
  await expect(task.messages.last()).toContainText('Made.', { timeout: 30_000 })
  await expect(page.getByRole('region', { name: 'The agent at work' })).toBeHidden({ timeout: 30_000 })
  expect(world.git('status', '--short')).toContain('asked.txt')

  claude.model?.say({ calls: [{ name: 'Bash', input: { command: 'tail -f README.md', description: 'Follow' } }] })
  await dialog.openFrom('Resume')
  await dialog.allowAll()
  await dialog.runHere()
  await expect(task.messages.last()).toContainText('tail -f README.md', { timeout: 30_000 })
  await expect(page.getByText('silent for')).toHaveCount(0)
  await page.clock.fastForward('04:00')
  await expect(page.getByText(/At work, silent for 4 min.*stop the agent and resume it/)).toBeVisible()
  await page.getByRole('button', { name: 'Stop' }).click()
  await expect(page.getByRole('region', { name: 'The agent at work' })).toBeHidden({ timeout: 30_000 })
  await expect(page.getByRole('button', { name: 'Resume' })).toBeEnabled()
})

test('interrupted work is told on its contract, and one button lets it go on', async ({ page, request }) => {
  const world = await makeWorld(request, 'Cut off work', 'Now in Italian')
  claude.model?.say({ text: 'Ciao.' })
  await page.goto(`/contracts/${world.contractId}`)
  await expect(page.getByText('stopped in the middle of a turn')).toBeVisible()
  const dialog = new ResumeDialog(page)
  await dialog.openFrom('Resume the contract')
  await dialog.runHere()
  await expect(page.getByText('stopped in the middle of a turn')).toBeHidden({ timeout: 30_000 })
  await new TaskPage(page).open(world.taskId)
  await expect(new TaskPage(page).messages.last()).toContainText('Ciao.', { timeout: 30_000 })
})

test('the command for a terminal goes on from an earlier message in a task of its own', async ({ page, request }) => {
  const world = await makeWorld(request, 'Printed work')
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const task = new TaskPage(page)
  await task.open(world.taskId)
  await task.onMessage('I change one line.', 'Resume from here')
  const dialog = new ResumeDialog(page)
  await expect(dialog.known).toContainText('Carry over what you said on the path that is left')
  await expect(dialog.known.getByRole('checkbox', { name: 'Now translate it' })).not.toBeChecked()
  await dialog.copyCommand()
  await expect(page).not.toHaveURL(new RegExp(world.taskId))
  const command = await page.evaluate(async () => navigator.clipboard.readText())
  expect(command).toMatch(/^cd .* && claude --resume [0-9a-f-]{36}/)
  await expect(task.messages.last()).toContainText('I change one line.')
})

test('a rewind finds an agent at work, stops it when told to, and is done then', async ({ page, request }) => {
  const world = await makeWorld(request, 'Work in the way')
  claude.model?.say({ calls: [{ name: 'Bash', input: { command: 'echo more >> greet.txt; tail -f greet.txt' } }] })
  const task = new TaskPage(page)
  await task.open(world.taskId)
  const resume = new ResumeDialog(page)
  await resume.openFrom('Resume')
  await resume.allowAll()
  await resume.runHere()
  await expect(task.messages.last()).toContainText('tail -f greet.txt', { timeout: 30_000 })

  await task.onCheckpoint(1, 'Rewind here')
  const dialog = new OperationDialog(page)
  const button = dialog.root.getByRole('button', { name: /^Rewind \d/ })
  await expect(dialog.root.getByRole('alert')).toContainText('An agent is at work here')
  await expect(button).toBeDisabled()
  await dialog.root.getByRole('button', { name: 'Stop the agent' }).click()
  await expect(button).toBeEnabled({ timeout: 30_000 })
  await dialog.root.getByRole('switch', { name: /^Include files I edited/ }).click()
  await expect(button).toBeEnabled()
  // The capture of the stopped turn may have the folder for a moment.
  await expect(async () => {
    await button.click()
    await expect(dialog.root).toBeHidden({ timeout: 5_000 })
  }).toPass({ timeout: 30_000 })
  expect(world.read('greet.txt')).toBe('hello\n')
})
