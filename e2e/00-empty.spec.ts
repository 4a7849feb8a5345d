// Runs first (files run in the order of their names): only then is Makima still empty.
import { expect, test } from './world'

test('an empty Makima says how to begin, and makes a sample contract that can be opened', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'Nothing here yet' })).toBeVisible()
  await expect(page.getByText('makima import PATH')).toBeVisible()
  await page.getByRole('button', { name: 'Create the sample contract' }).click()
  await expect(page).toHaveURL(/\/contracts\//, { timeout: 30_000 })
  await expect(page.getByRole('heading', { level: 1, name: /Sample/ })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Events, newest first' }).getByText('Checkpoint 1')).toBeVisible()
})
