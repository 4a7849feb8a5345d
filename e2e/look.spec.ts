import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from '@playwright/test'
import { described } from './described'
import { expect, makeWorld, test, type World } from './world'

const axeSource = readFileSync(createRequire(`${process.cwd()}/package.json`).resolve('axe-core/axe.min.js'), 'utf8')

type Screen = {
  name: string
  path: (world: World, checkpointId: string) => string
  ready: (page: Page) => Promise<void>
}

const articles = async (page: Page) => expect(page.getByRole('article').first()).toBeVisible()

const SCREENS: Screen[] = [
  { name: 'timeline', path: () => '/', ready: articles },
  {
    name: 'contracts',
    path: () => '/contracts',
    ready: async (page) => expect(page.getByRole('row').nth(1)).toBeVisible(),
  },
  { name: 'contract', path: (world) => `/contracts/${world.contractId}`, ready: articles },
  { name: 'task', path: (world) => `/tasks/${world.taskId}`, ready: articles },
  {
    name: 'checkpoint',
    path: (_, checkpointId) => `/checkpoints/${checkpointId}`,
    ready: async (page) => expect(page.getByRole('region', { name: 'Changes' })).toBeVisible(),
  },
  {
    name: 'operations',
    path: () => '/operations',
    ready: async (page) => expect(page.getByRole('tabpanel')).toBeVisible(),
  },
  {
    name: 'imports',
    path: () => '/operations?tab=imports',
    ready: async (page) => expect(page.getByRole('button', { name: 'Show the report' }).first()).toBeVisible(),
  },
  {
    name: 'shares',
    path: () => '/operations?tab=shares',
    ready: async (page) => expect(page.getByRole('button', { name: 'Take back' }).first()).toBeVisible(),
  },
  { name: 'shared conversation', path: () => sharedPath, ready: articles },
  {
    name: 'search',
    path: () => '/search?q=greet',
    ready: async (page) => expect(page.locator('mark').first()).toBeVisible(),
  },
  {
    name: 'settings',
    path: () => '/settings',
    ready: async (page) => expect(page.getByRole('heading', { name: 'API keys' })).toBeVisible(),
  },
  {
    name: 'API reference',
    path: () => '/docs/api',
    ready: async (page) => expect(page.getByRole('region', { name: 'schemas' })).toBeVisible(),
  },
]

let world: World
let checkpointId: string
let sharedPath: string

test.beforeAll(async ({ playwright, baseURL }) => {
  const request = described(await playwright.request.newContext({ baseURL }))
  world = await makeWorld(request, 'Work to look at')
  const answer = await request.get(`/api/v1/mesh/tasks/${world.taskId}/checkpoints`)
  const { checkpoints } = (await answer.json()) as { checkpoints: { id: string }[] }
  checkpointId = checkpoints.at(-1)?.id ?? ''
  const shared = await request.post('/api/v1/shares', { data: { taskId: world.taskId } })
  sharedPath = ((await shared.json()) as { path: string }).path
  await request.post('/api/v1/keys', { data: { name: 'A program' } })
  await request.dispose()
})

for (const screen of SCREENS) {
  for (const scheme of ['light', 'dark'] as const) {
    test(`the ${screen.name} has no accessibility fault in ${scheme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: scheme })
      await page.goto(screen.path(world, checkpointId))
      await screen.ready(page)
      expect(await findFaults(page)).toEqual([])
    })
  }

  test(`the ${screen.name} fits a phone`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(screen.path(world, checkpointId))
    await screen.ready(page)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  })
}

test('the dialog before a rewind has no accessibility fault', async ({ page }) => {
  await page.goto(`/checkpoints/${checkpointId}`)
  await page.getByRole('button', { name: 'Rewind', exact: true }).click()
  await expect(page.getByRole('region', { name: 'What will happen' })).toBeVisible()
  await page.waitForTimeout(300)
  expect(await findFaults(page)).toEqual([])
})

test('what does not exist says so and leads on', async ({ request }) => {
  const answer = await request.get('/tasks/00000000-0000-7000-8000-000000000000')
  expect(answer.status()).toBe(404)
  expect(await answer.text()).toContain('This is not here')
})

/** Serious and critical faults by axe, each as one line. */
async function findFaults(page: Page): Promise<string[]> {
  await page.evaluate(axeSource)
  return page.evaluate(async () => {
    type Result = { violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[] }
    const axe = (window as unknown as { axe: { run: (context: unknown, options: unknown) => Promise<Result> } }).axe
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
    const { violations } = await axe.run(document, { runOnly: { type: 'tag', values: tags } })
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.slice(0, 4).map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary}`),
      )
  })
}

test('the dialog before a share has no accessibility fault', async ({ page }) => {
  await page.goto(`/tasks/${world.taskId}`)
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  await expect(page.getByRole('region', { name: 'What the reader will see' })).toBeVisible()
  expect(await findFaults(page)).toEqual([])
})
