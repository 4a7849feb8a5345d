// Forgetting: what goes is shown, confirmed once, gone, and stays gone when its file is met again.
import { dirname, join } from 'node:path'
import { expect, makeWorld, test } from './world'

test('a contract is forgotten on its page, and the import of the same file passes it over', async ({
  page,
  request,
}) => {
  const world = await makeWorld(request, 'Forgettable words')
  const transcripts = join(dirname(world.folder), 'transcripts')
  await page.goto(`/contracts/${world.contractId}`)
  await page.getByRole('button', { name: 'Forget this contract' }).click()
  const dialog = page.getByRole('dialog', { name: 'Forget this contract?' })
  await expect(dialog.getByRole('region', { name: 'What goes' }).getByText('messages', { exact: true })).toBeVisible()
  await expect(dialog.getByText("The agent's own files stay")).toBeVisible()
  const forget = dialog.getByRole('button', { name: 'Forget it' })
  await expect(forget).toBeDisabled()
  await dialog.getByRole('switch', { name: 'I know that this cannot be undone' }).press('Space')
  await forget.press('Enter')
  await expect(page).toHaveURL(/\/contracts$/)
  await expect(page.getByText('The contract is forgotten')).toBeVisible()
  await expect(page.getByText('Forgettable words')).toHaveCount(0)
  expect((await request.get(`/api/v1/contracts/${world.contractId}`)).status()).toBe(404)

  const asked = await request.post('/api/v1/imports', { data: { path: transcripts } })
  const { importId } = (await asked.json()) as { importId: string }
  await page.goto(`/operations?tab=imports`)
  const entry = page.getByRole('listitem').filter({ hasText: transcripts }).first()
  await entry.getByRole('button', { name: 'Show the report' }).click()
  await expect(entry.getByText(/It was forgotten here and is passed over/)).toBeVisible()
  const report = (await (await request.get(`/api/v1/imports/${importId}`)).json()) as { totals: object }
  expect(report.totals).toMatchObject({ sources: 0, forgotten: 1 })

  await page.goto('/settings')
  const acts = page.getByRole('list', { name: 'What was forgotten' })
  await acts.getByRole('button', { name: 'Allow it again' }).first().click()
  await expect(page.getByText('It may come again: import its file')).toBeVisible()
})

test('a string is forgotten everywhere from the settings', async ({ page, request }) => {
  const world = await makeWorld(request, 'Zirkonia-77 project')
  await page.goto('/settings')
  await page.getByLabel('String').fill('Zirkonia-77')
  await page.getByRole('button', { name: 'See where it stands' }).click()
  const dialog = page.getByRole('dialog', { name: 'Forget this string everywhere?' })
  await expect(dialog.getByRole('region', { name: 'What goes' })).toBeVisible()
  await dialog.getByRole('switch', { name: 'I know that this cannot be undone' }).click()
  await dialog.getByRole('button', { name: 'Forget it' }).click()
  await expect(page.getByText('The string is forgotten')).toBeVisible({ timeout: 30_000 })
  await page.goto(`/tasks/${world.taskId}`)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('***********')
  await expect(page.getByText('Zirkonia-77')).toHaveCount(0)
})

test('days are set after a look at what would go, and everything is kept without them', async ({ page }) => {
  await page.goto('/settings')
  const section = page.getByRole('region', { name: 'Retention' })
  await section.getByLabel('Recover shelf').fill('3650')
  await section.getByRole('button', { name: 'See what would go' }).click()
  const dialog = page.getByRole('dialog', { name: 'Save these days?' })
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  await page.reload()
  await expect(section.getByLabel('Recover shelf')).toHaveValue('3650')
  await section.getByLabel('Recover shelf').fill('')
  await section.getByRole('button', { name: 'See what would go' }).click()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toBeHidden()
})
