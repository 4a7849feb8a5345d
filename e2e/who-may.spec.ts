// Who may talk to Makima: every page, address and procedure, as another site, under a foreign name, and by each kind of key.
import { request } from 'node:http'
import type { APIRequestContext } from '@playwright/test'
import { appRouter } from '@/server/root'
import { expect, makeWorld, test } from './world'

const PAGES = [
  '/',
  '/contracts',
  '/operations',
  '/search',
  '/settings',
  '/docs/api',
  '/contracts/{id}',
  '/tasks/{id}',
  '/checkpoints/{id}',
]
const SOME_ID = '00000000-0000-7000-8000-000000000000'

/** What a program without a key may ask: it says nothing of anybody's history, or has a token of its own. */
const FREE = ['/healthz', '/readyz', '/openapi.json', '/shares/{id}/conversation']
/** What is asked by POST for its size only, and changes nothing. */
const LOOKS = /\/(preview|export|brief)$/

type Described = { paths: Record<string, Record<string, { requestBody?: { content: object } }>> }
/** `type`: how what is sent is called; JSON where nothing is said. */
type Place = { method: string; path: string; url: string; type?: string }

/** A request as it is, with headers that a browser or a library would not let through; a stream is left at its head. */
async function ask({ method, url, type = 'application/json' }: Place, headers: Record<string, string>) {
  const sends = method === 'POST' || method === 'PATCH'
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = request(
      url,
      { method, headers: { ...(sends && { 'content-type': type }), ...headers } },
      (response) => {
        const status = response.statusCode ?? 0
        if (response.headers['content-type']?.startsWith('text/event-stream')) {
          sent.destroy()
          return resolve({ status, text: '' })
        }
        let text = ''
        response.on('data', (part: Buffer) => (text += part.toString()))
        response.on('end', () => resolve({ status, text }))
      },
    )
    sent.on('error', reject)
    sent.end(sends ? '{}' : undefined)
  })
}

async function listAddresses(api: APIRequestContext, baseURL: string | undefined): Promise<Place[]> {
  const { paths } = (await (await api.get('/api/v1/openapi.json')).json()) as Described
  const places = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { requestBody }]) => ({
      ...place(baseURL, method.toUpperCase(), path, '/api/v1'),
      type: Object.keys(requestBody?.content ?? {})[0],
    })),
  )
  expect(places.length).toBeGreaterThan(55)
  return places
}

/** Each by the way that tRPC takes it: what looks by GET, what changes by POST. */
function listProcedures(baseURL: string | undefined): Place[] {
  const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>)
  expect(procedures.length).toBeGreaterThan(45)
  return procedures.map(([name, { _def }]) =>
    place(baseURL, _def.type === 'mutation' ? 'POST' : 'GET', name, '/api/trpc/'),
  )
}

function place(baseURL: string | undefined, method: string, path: string, under = ''): Place {
  return { method, path, url: `${baseURL}${under}${path.replaceAll(/\{\w+\}/g, SOME_ID)}` }
}

async function makeKey(api: APIRequestContext, scope: 'read' | 'write') {
  const answer = await api.post('/api/v1/keys', { data: { name: `May ${scope}`, scope } })
  const { id, key } = (await answer.json()) as { id: string; key: string }
  return { id, key }
}

test('every page, address and procedure is closed to other sites and to foreign names', async ({
  request: api,
  baseURL,
}) => {
  const places = [
    ...PAGES.map((path) => place(baseURL, 'GET', path)),
    ...listProcedures(baseURL),
    ...(await listAddresses(api, baseURL)),
    place(baseURL, 'GET', '/share/x'),
    place(baseURL, 'POST', '/share/x'),
  ]
  for (const asked of places) {
    const strange: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { host: 'evil.example' },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
      { origin: 'null' },
    ]
    for (const headers of strange) {
      const { status } = await ask(asked, headers)
      expect(status, `${asked.method} ${asked.path} ${JSON.stringify(headers)}`).toBe(403)
    }
  }
})

test('a program without a key, with a wrong one or with forged headers gets 401 from every page, address and procedure', async ({
  request: api,
  baseURL,
}) => {
  const { id, key } = await makeKey(api, 'write')
  await api.delete(`/api/v1/keys/${id}`)
  const strangers: Record<string, string>[] = [
    {},
    { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
    { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', accept: 'text/html' },
    { origin: baseURL ?? '', referer: `${baseURL}/` },
    { cookie: 'makima_session_00000000=guessed; share=guessed' },
    { authorization: 'Bearer mak_wrong' },
    { authorization: `Bearer mak_local_${'x'.repeat(43)}` },
    { authorization: `Bearer ${key}` },
    { authorization: 'Basic bWU6bWU=' },
  ]
  const pages = [...PAGES, '/_next/static/x.js', '/nowhere'].map((path) => place(baseURL, 'GET', path))
  for (const asked of [...pages, ...(await listAddresses(api, baseURL)), ...listProcedures(baseURL)]) {
    for (const headers of strangers) {
      const { status, text } = await ask(asked, headers)
      const what = `${asked.method} ${asked.path} ${JSON.stringify(headers)} ${text}`
      if (FREE.includes(asked.path)) {
        // A share that is not there is not there for anybody.
        expect(status, what).toBe(asked.path.startsWith('/shares') ? 404 : 200)
        continue
      }
      expect(status, what).toBe(401)
      expect(text, what).toContain('key')
    }
  }
})

test('a key that may read looks at everything and changes nothing; one that may write makes no keys', async ({
  request: api,
  baseURL,
}) => {
  const reading = { authorization: `Bearer ${(await makeKey(api, 'read')).key}` }
  const writing = { authorization: `Bearer ${(await makeKey(api, 'write')).key}` }
  for (const asked of [...(await listAddresses(api, baseURL)), ...listProcedures(baseURL)]) {
    const { status, text } = await ask(asked, reading)
    const what = `${asked.method} ${asked.path} ${text}`
    if (asked.method === 'GET' || LOOKS.test(asked.path)) expect([200, 400, 404], what).toContain(status)
    else expect(status, what).toBe(403)
  }
  for (const path of ['/api/v1/keys', '/api/trpc/keys.create']) {
    const answer = await api.post(path, {
      headers: writing,
      data: path.includes('trpc') ? { json: { name: 'Mine' } } : { name: 'Mine' },
    })
    expect(answer.status(), await answer.text()).toBe(403)
  }
})

test('a share leads to its conversation and to nothing else, and says nothing of what it came from', async ({
  request: api,
  page,
}) => {
  const world = await makeWorld(api, 'Only this')
  const made = (await (await api.post('/api/v1/shares', { data: { taskId: world.taskId } })).json()) as {
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
    expect((await api.get(path)).status(), path).toBeGreaterThanOrEqual(400)
  }
})
