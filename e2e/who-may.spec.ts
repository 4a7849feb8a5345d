// Who may talk to Makima: every page and every address of the API, as a page of another site and under a foreign name.
import { request as ask } from 'node:http'
import { expect, makeWorld, test } from './world'

const PAGES = ['/', '/contracts', '/operations', '/docs/api', '/contracts/{id}', '/tasks/{id}', '/checkpoints/{id}']
const PROCEDURES = [
  'contracts.list',
  'history.list',
  'runs.resume',
  'operations.rewind',
  'shares.create',
  'shares.list',
]
const SOME_ID = '00000000-0000-7000-8000-000000000000'

type Described = { paths: Record<string, Record<string, object>> }

/** A request as it is, with headers that a browser or a library would not let through. */
async function statusOf(url: string, method: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = ask(url, { method, headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sent.on('error', reject)
    sent.end(method === 'POST' || method === 'PATCH' ? '{}' : undefined)
  })
}

test('every page and every address is closed to other sites and to foreign names', async ({ request, baseURL }) => {
  const { paths } = (await (await request.get('/api/v1/openapi.json')).json()) as Described
  const places = [
    ...PAGES.map((path) => ['GET', path]),
    ...PROCEDURES.flatMap((name) => ['GET', 'POST'].map((method) => [method, `/api/trpc/${name}`])),
    ...Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => [method.toUpperCase(), `/api/v1${path}`]),
    ),
    ['GET', '/share/x'],
    ['POST', '/share/x'],
  ] as [string, string][]
  expect(places.length).toBeGreaterThan(60)
  const json = { 'content-type': 'application/json' }
  for (const [method, path] of places) {
    const url = `${baseURL}${path.replaceAll(/\{\w+\}/g, SOME_ID)}`
    const asked = method === 'GET' ? {} : json
    for (const headers of [
      { ...asked, origin: 'https://evil.example' },
      { ...asked, host: 'evil.example' },
      { ...asked, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
      { ...asked, origin: 'null' },
    ]) {
      expect(await statusOf(url, method, headers), `${method} ${path} ${JSON.stringify(headers)}`).toBe(403)
    }
  }
})

test('a share leads to its conversation and to nothing else, and says nothing of what it came from', async ({
  request,
  page,
}) => {
  const world = await makeWorld(request, 'Only this')
  const made = (await (await request.post('/api/v1/shares', { data: { taskId: world.taskId } })).json()) as {
    id: string
    token: string
    path: string
  }
  await page.goto(made.path)
  const html = await page.content()
  for (const word of [world.taskId, world.contractId, made.id, '/tasks/', '/api/']) {
    expect(html, word).not.toContain(word)
  }
  expect(await page.locator('a[href^="/"]').count()).toBe(0)
  for (const path of [`/api/v1/mesh/tasks/${made.token}`, `/tasks/${made.token}`, `/share/${made.id}`]) {
    expect((await request.get(path)).status(), path).toBeGreaterThanOrEqual(400)
  }
})
