// How a browser gets in, stays in, and is shut out.
import { request } from '@playwright/test'
import { makeLink } from './sign-in'
import { expect, test } from './world'

/** A browser that was never here. */
const NOBODY = { cookies: [], origins: [] }

test.use({ storageState: NOBODY })

test('a page that is opened without a session says how to get in, and a link leads in once', async ({
  page,
  browser,
  request: api,
}) => {
  const refused = await page.goto('/contracts')
  expect(refused?.status()).toBe(401)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in to Makima')
  await expect(page.getByText('makima open', { exact: true }).first()).toBeVisible()

  const link = await makeLink(api, '/contracts')
  await page.goto(link)
  await expect(page).toHaveURL(/\/contracts$/)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  const [cookie] = await page.context().cookies()
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' })
  expect(await page.evaluate(() => document.cookie)).toBe('')

  const other = await browser.newContext({ storageState: NOBODY })
  const there = await other.newPage()
  expect((await there.goto(link))?.status()).toBe(401)
  await expect(there.getByText('This link lets nobody in')).toBeVisible()
  await other.close()
})

test('a link of another site leads a browser that is signed in to the page', async ({
  page,
  request: api,
  baseURL,
}) => {
  await page.goto(await makeLink(api))
  await page.route('http://other.test/', (route) =>
    route.fulfill({ contentType: 'text/html', body: `<a href="${baseURL}/settings">over there</a>` }),
  )
  await page.goto('http://other.test/')
  await page.getByRole('link').click()
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible()
})

test('a browser is signed out in the settings, and says so at once', async ({
  page,
  browser,
  request: api,
  baseURL,
}) => {
  await page.goto(await makeLink(api, '/settings'))
  const browsers = page.getByRole('region', { name: 'Browsers' })
  await expect(browsers.getByText('this browser')).toBeVisible()

  const other = await browser.newContext({
    storageState: NOBODY,
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  })
  const there = await other.newPage()
  await there.goto(`${baseURL}${await makeLink(api)}`)
  await page.reload()
  await browsers.getByRole('button', { name: 'Sign out Firefox on Linux' }).first().click()
  await expect(there.getByRole('alert').filter({ hasText: 'signed out' })).toBeVisible({ timeout: 15_000 })
  await there.getByRole('button', { name: 'Reload' }).click()
  await expect(there.getByRole('heading', { name: 'Sign in to Makima' })).toBeVisible()
  await other.close()

  await browsers.getByRole('button', { name: 'Sign out this browser' }).click()
  await expect(page.getByRole('heading', { name: 'Sign in to Makima' })).toBeVisible()
})

test('another account on this machine gets neither a link nor a page', async ({ baseURL }) => {
  const stranger = await request.newContext({ ...(baseURL && { baseURL }), storageState: NOBODY })
  const forged = { 'sec-fetch-site': 'same-origin', origin: baseURL ?? '', referer: `${baseURL}/` }
  expect((await stranger.post('/api/v1/browser-sessions/links', { headers: forged, data: {} })).status()).toBe(401)
  expect((await stranger.get('/settings', { headers: forged })).status()).toBe(401)
  expect((await stranger.get('/enter?t=guessed', { headers: forged })).status()).toBe(401)
  await stranger.dispose()
})
