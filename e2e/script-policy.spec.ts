// A script that is in a page by mistake or by attack does not run.
import { expect, test } from '@playwright/test'

test('a script that was put into a page does not run', async ({ page }) => {
  await page.goto('/settings')
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible()
  const policy = (await page.request.get('/settings', { headers: { accept: 'text/html' } })).headers()[
    'content-security-policy'
  ]
  expect(policy).toMatch(/script-src 'nonce-[\w+/=]{20,}' 'strict-dynamic' 'wasm-unsafe-eval';/)
  expect(policy).not.toMatch(/script-src[^;]*unsafe-inline/)
  const ran = await page.evaluate(() => {
    const image = document.createElement('div')
    image.innerHTML = '<img src="x:" onerror="window.planted = true"><a href="javascript:window.planted=true">x</a>'
    document.body.append(image)
    image.querySelector('a')?.click()
    return new Promise((resolve) => setTimeout(() => resolve('planted' in window), 300))
  })
  expect(ran).toBe(false)
})
