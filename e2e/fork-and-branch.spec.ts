import { OperationDialog } from './pages/operation-dialog'
import { TaskPage } from './pages/task-page'
import { expect, makeWorld, test } from './world'

test('a fork from a checkpoint gets its own folder and the talk, and leaves the origin alone', async ({
  page,
  request,
}) => {
  const world = await makeWorld(request, 'Forked work')
  const task = new TaskPage(page)
  await task.open(world.taskId)
  await task.onCheckpoint(1, 'Fork from here')
  const dialog = new OperationDialog(page)
  await dialog.root.getByLabel('Name of the new task').fill('Another greeting')
  await expect(dialog.plan).toBeVisible()
  await dialog.run(/^Fork/)
  await expect(page).not.toHaveURL(new RegExp(world.taskId), { timeout: 30_000 })
  await expect(page.getByRole('heading', { level: 1, name: 'Another greeting' })).toBeVisible()
  await expect(task.prompt('make a program that greets')).toBeVisible()
  await expect(page.getByText('Greet louder', { exact: true })).toHaveCount(0)
  expect(world.read('greet.txt')).toBe('salut\n')
  expect(world.git('worktree', 'list').split('\n').length).toBeGreaterThanOrEqual(2)
})

test('a branch from a checkpoint points at its commit, and a bad name is refused with a sentence', async ({
  page,
  request,
}) => {
  const world = await makeWorld(request, 'Branched work')
  const task = new TaskPage(page)
  await task.open(world.taskId)
  await task.onCheckpoint(2, 'Branch')
  const dialog = new OperationDialog(page)
  await dialog.root.getByLabel('Branch name').fill('no..good')
  await expect(dialog.root.getByRole('alert')).toBeVisible()
  await dialog.root.getByLabel('Branch name').fill('louder')
  await expect(dialog.plan).toBeVisible()
  await dialog.run(/branch/i)
  expect(world.git('log', '-1', '--format=%s', 'louder')).toBe('Greet louder')
  expect(world.git('rev-parse', '--abbrev-ref', 'HEAD')).toBe('main')
})
