// Sharing by link: what the dialog shows is what a stranger reads, and nothing else of Makima is reached from there.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Transcript } from './transcript'
import { expect, importPath, makeFolder, test } from './world'
import { TaskPage } from './pages/task-page'

const SECRET = `ghp_${'Ab3'.repeat(12)}`

async function makeTalk(request: Parameters<typeof importPath>[0], name: string) {
  const { root, folder } = makeFolder()
  const talk = new Transcript(folder, Date.now() - 3_600_000)
  talk.person(`${name}: use ${SECRET} and write to ada@lovelace.org`).agent('I use the **key**.')
  talk.tool('Bash', { command: `curl -H "Authorization: ${SECRET}" x` }, 'the codename is bluebird')
  talk.agent('Done.')
  const transcripts = join(root, 'transcripts')
  mkdirSync(transcripts)
  writeFileSync(join(transcripts, `${talk.sessionId}.jsonl`), talk.text())
  return importPath(request, transcripts)
}

test('a conversation is shared after a look at what was found; its reader sees the masked copy without script', async ({
  page,
  request,
  browser,
  baseURL,
}) => {
  const { taskId } = await makeTalk(request, 'Shared talk')
  const task = new TaskPage(page)
  await task.open(taskId)
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  const dialog = page.getByRole('dialog')
  const reader = dialog.getByRole('region', { name: 'What the reader will see' })
  await expect(reader).toContainText('Done.')
  await expect(reader).not.toContainText(SECRET)
  await expect(dialog.getByRole('checkbox')).toHaveCount(2)
  await dialog.getByRole('checkbox', { name: /ada@lovelace\.org/ }).uncheck()
  await expect(reader).toContainText('ada@lovelace.org')
  await dialog.getByLabel('Mask these words too').fill('bluebird')
  await dialog.getByRole('button', { name: 'Mask', exact: true }).click()
  await expect(reader).not.toContainText('bluebird')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Save' }).click(),
  ])
  expect(download.suggestedFilename()).toMatch(/^Shared-talk-.*\.html$/)
  const saved = readFileSync(await download.path(), 'utf8')
  expect(saved).toContain('ada@lovelace.org')
  for (const word of [SECRET, 'bluebird', '<script']) expect(saved).not.toContain(word)
  await dialog.getByLabel('A word to the reader').fill('Look at the end.')
  await dialog.getByLabel('Password').fill('open sesame')
  await dialog.getByRole('button', { name: /^Share \d/ }).click()
  await expect(dialog).toContainText('The link is made')
  const link = await dialog.getByLabel('Link').inputValue()
  // Readers have a door of their own, behind which there is nothing else.
  const { origin, pathname } = new URL(link)
  expect(pathname).toMatch(/^\/share\/[\w-]{43}$/)
  expect(origin).not.toBe(baseURL)
  for (const path of ['/', '/contracts', '/api/v1/healthz', `/tasks/${taskId}`]) {
    expect((await fetch(`${origin}${path}`)).status, path).toBe(404)
  }

  const stranger = await browser.newContext({ javaScriptEnabled: false, storageState: { cookies: [], origins: [] } })
  const there = await stranger.newPage()
  const asked = await there.goto(link)
  expect(asked?.status()).toBe(401)
  expect(asked?.headers()['content-security-policy']).toMatch(
    /^default-src 'none'; style-src 'sha256-[^;]+'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
  )
  await expect(there.getByText('Shared talk')).toHaveCount(0)
  await there.getByLabel('Password').fill('wrong one')
  await there.getByRole('button').click()
  await expect(there.getByRole('alert')).toContainText('not the password')
  await there.getByLabel('Password').fill('open sesame')
  await there.getByRole('button').click()
  await expect(there.getByRole('heading', { level: 1 })).toContainText('Shared talk')
  await expect(there.getByText('Look at the end.')).toBeVisible()
  await expect(there.locator('strong')).toHaveText('key')
  const html = await there.content()
  for (const word of [SECRET, 'bluebird']) expect(html).not.toContain(word)
  expect(html).toContain('ada@lovelace.org')
  await there.reload()
  await expect(there.getByRole('heading', { level: 1 })).toContainText('Shared talk')

  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await page.goto('/operations?tab=shares')
  const row = page.getByRole('listitem').filter({ hasText: 'Shared talk' })
  await expect(row).toContainText('2 views')
  await row.getByRole('button', { name: 'Take back' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Take it back' }).click()
  await expect(row).toContainText('taken back')
  expect((await there.reload())?.status()).toBe(404)
  await stranger.close()
})
