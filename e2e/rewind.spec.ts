import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { OperationDialog } from './pages/operation-dialog'
import { TaskPage } from './pages/task-page'
import { expect, makeWorld, test } from './world'

test('a rewind shows its plan, changes exactly that, and its undo brings everything back', async ({
  page,
  request,
}) => {
  const world = await makeWorld(request, 'Rewound work')
  const head = world.git('rev-parse', 'HEAD')
  const task = new TaskPage(page)
  await task.open(world.taskId)
  await task.onCheckpoint(1, 'Rewind here')
  const dialog = new OperationDialog(page)
  await expect(dialog.plan).toContainText('greet.txt')
  await expect(dialog.plan).toContainText('loud.txt')
  expect(world.read('greet.txt')).toBe('salut\n')
  await dialog.run(/^Rewind \d/)
  expect(world.read('greet.txt')).toBe('hello\n')
  expect(existsSync(join(world.folder, 'loud.txt'))).toBe(false)
  expect(world.read('mine.txt')).toBe('written by the person\n')
  expect(world.git('rev-parse', 'HEAD')).toBe(head)
  await dialog.undoFromToast()
  expect(world.read('greet.txt')).toBe('salut\n')
  expect(world.read('loud.txt')).toBe('loud\n')
  expect(world.read('mine.txt')).toBe('written by the person\n')
  await page.goto('/operations')
  await expect(
    page.getByRole('region', { name: 'Operations, newest first' }).getByRole('listitem').first(),
  ).toBeVisible()
})

test('a conversation goes back to a message without touching a file, and undo brings it back', async ({
  page,
  request,
}) => {
  const world = await makeWorld(request, 'Rewound talk')
  const task = new TaskPage(page)
  await task.open(world.taskId)
  await task.onMessage('Greet louder', 'Rewind here')
  const dialog = new OperationDialog(page)
  await dialog.choose('Conversation')
  await expect(dialog.plan).toContainText('message')
  await dialog.run(/message/)
  await expect(task.prompt('Now translate it')).toHaveCount(0)
  expect(world.read('greet.txt')).toBe('salut\n')
  await dialog.undoFromToast()
  await expect(task.prompt('Now translate it')).toBeVisible()
})

test('a plan that no longer fits is refused, and the new plan can be looked at', async ({ page, request }) => {
  const world = await makeWorld(request, 'Moved work')
  const { writeFileSync } = await import('node:fs')
  const task = new TaskPage(page)
  await task.open(world.taskId)
  await task.onCheckpoint(1, 'Rewind here')
  const dialog = new OperationDialog(page)
  await expect(dialog.root.getByRole('button', { name: /^Rewind \d/ })).toBeEnabled()
  writeFileSync(join(world.folder, 'greet.txt'), 'changed in between\n')
  await dialog.root.getByRole('button', { name: /^Rewind \d/ }).click()
  await expect(dialog.root.getByRole('button', { name: 'Look at the new plan' })).toBeVisible()
  expect(world.read('greet.txt')).toBe('changed in between\n')
  expect(world.read('loud.txt')).toBe('loud\n')
})
