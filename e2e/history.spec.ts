import { TaskPage } from './pages/task-page'
import { expect, makeWorld, test } from './world'

test('imported work is on the timeline, and a prompt leads to its place in the conversation', async ({
  page,
  request,
}) => {
  const world = await makeWorld(request, 'Imported work')
  await page.goto('/?type=message.received')
  const events = page.getByRole('region', { name: 'Events, newest first' })
  await events.getByRole('link', { name: /Prompt\s*Imported work/ }).click()
  await expect(page).toHaveURL(new RegExp(`/tasks/${world.taskId}\\?message=`))
  const task = new TaskPage(page)
  await expect(task.prompt('Imported work: make a program that greets')).toBeVisible()
  const call = page.getByRole('button', { name: /Write .*greet\.txt/ }).first()
  await call.click()
  await expect(page.getByRole('region', { name: 'Changed lines' }).first()).toContainText('hello')
})

test('a checkpoint shows what it changed, against its parent and against another, and the files as they were', async ({
  page,
  request,
}) => {
  const world = await makeWorld(request, 'Changed work')
  const task = new TaskPage(page)
  await task.open(world.taskId)
  await task.onCheckpoint(2, 'Open')
  await expect(page.getByRole('heading', { level: 1, name: /Checkpoint 2: Greet louder/ })).toBeVisible()
  const changes = page.getByRole('region', { name: 'Changes' })
  await expect(changes.getByText('HELLO', { exact: true })).toBeVisible()
  await page.keyboard.press(']')
  await expect(page.getByRole('heading', { level: 1, name: /Checkpoint 3/ })).toBeVisible()
  await page.keyboard.press('[')
  await expect(page.getByRole('heading', { level: 1, name: /Checkpoint 2/ })).toBeVisible()
  await page.getByRole('tab', { name: 'Files at that moment' }).click()
  await page.getByRole('button', { name: /greet\.txt/ }).click()
  await expect(page.getByText('HELLO').first()).toBeVisible()
})

test('filters stand in the address, and going back takes them off', async ({ page, request }) => {
  await makeWorld(request, 'Filtered work')
  await page.goto('/')
  await page.getByRole('button', { name: 'Filter', exact: true }).click()
  await page.getByRole('menuitemcheckbox', { name: /Checkpoints/ }).click()
  await expect(page).toHaveURL(/type=checkpoint\.created/)
  await page.keyboard.press('Escape')
  await expect(
    page.getByRole('region', { name: 'Events, newest first' }).getByText('Prompt', { exact: true }),
  ).toHaveCount(0)
  await expect(
    page
      .getByRole('region', { name: 'Events, newest first' })
      .getByText(/^Checkpoint \d/)
      .first(),
  ).toBeVisible()
  await page.reload()
  await expect(page.getByRole('button', { name: 'Remove filter Checkpoints' })).toBeVisible()
  await page.goBack()
  await expect(page).not.toHaveURL(/type=/)
  await expect(page.getByRole('button', { name: 'Remove filter Checkpoints' })).toHaveCount(0)
  // Whatever others did last, it was not checkpoints alone.
  await expect(
    page
      .getByRole('region', { name: 'Events, newest first' })
      .getByText(/^(Prompt|Task|Contract|Forked|Undone|Resumed|Turn ended|Import.*|Rewound.*)$/)
      .first(),
  ).toBeVisible()
})

test('what happens elsewhere appears on the timeline by itself', async ({ page, request }) => {
  await makeWorld(request, 'Work before')
  await page.goto('/')
  await expect(page.getByRole('region', { name: 'Events, newest first' })).toBeVisible()
  await page.waitForTimeout(1_000)
  const world = await makeWorld(request, 'Work that comes in live')
  const task = await request.post(`/api/v1/mesh/tasks/${world.taskId}/checkpoints`, { data: { message: 'Seen live' } })
  expect(task.ok(), await task.text()).toBe(true)
  await expect(page.getByRole('region', { name: 'Events, newest first' }).getByText('Seen live').first()).toBeVisible({
    timeout: 20_000,
  })
})

test('a contract can be found, starred and renamed', async ({ page, request }) => {
  await makeWorld(request, 'Work to be named')
  await page.goto('/contracts')
  await page.getByRole('searchbox', { name: 'Search contracts' }).fill('Work to be named')
  await expect(page).toHaveURL(/search=/)
  const row = page.getByRole('row').filter({ hasText: 'Work to be named' })
  await row.getByRole('button', { name: /^Star / }).click()
  await expect(row.getByRole('button', { name: /^Unstar / })).toBeVisible()
  await row.hover()
  await row.getByRole('button', { name: /^Rename / }).click()
  await page.getByLabel('New name').fill('Work to be named, with its name')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('link', { name: 'Work to be named, with its name' })).toBeVisible()
})
