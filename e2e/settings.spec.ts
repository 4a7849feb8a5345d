import { expect, test } from './world'

test('a key is made in the settings, opens the API as far as it may, and is taken back', async ({ page, request }) => {
  await page.goto('/')
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('button', { name: 'New key' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('What it is for').fill('A dashboard')
  await dialog.getByRole('button', { name: 'Make it' }).click()
  const key = await dialog.getByLabel('Key', { exact: true }).inputValue()
  expect(key).toMatch(/^mak_/)
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  const headers = { authorization: `Bearer ${key}` }
  expect((await request.get('/api/v1/contracts', { headers })).status()).toBe(200)
  expect((await request.post('/api/v1/imports', { headers, data: { path: '/nowhere' } })).status()).toBe(403)
  await page.reload()
  const row = page.getByRole('region', { name: 'API keys' }).getByRole('listitem').filter({ hasText: 'A dashboard' })
  await expect(row).toContainText('may read')
  await expect(row).toContainText('used now')
  await row.getByRole('button', { name: 'Take back' }).click()
  await expect(row).toContainText('taken back')
  expect((await request.get('/api/v1/contracts', { headers })).status()).toBe(401)
})
