// proxy.ts with real requests: Node's own client sends whatever headers it is told to, as a rebinding name or a program of
// another account would.
import { mkdtempSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NextRequest } from 'next/server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import { proxy } from '@/proxy'
import { ensureLocalToken } from './local-token'

let database: TestDatabase
let server: Server
let port = 0
let token = ''
beforeAll(async () => {
  database = await createTestDatabase()
  process.env.DATABASE_URL = database.url
  process.env.MAKIMA_HOME = mkdtempSync(join(tmpdir(), 'makima-guard-'))
  token = ensureLocalToken(process.env.MAKIMA_HOME)
  server = createServer(async (incoming, outgoing) => {
    const headers = new Headers()
    for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value))
    const url = new URL(incoming.url ?? '/', `http://127.0.0.1:${port}`)
    const answer = await proxy(new NextRequest(url, { method: incoming.method ?? 'GET', headers }))
    const passed = answer.headers.get('x-middleware-next') === '1'
    outgoing.writeHead(passed ? 200 : answer.status, Object.fromEntries(answer.headers))
    outgoing.end(passed ? 'secret history' : await answer.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
  process.env.PORT = String(port)
})
afterAll(async () => {
  server.close()
  await database.close()
  delete process.env.PORT
})

type Answer = { status: number; type: string | undefined; body: string }

function send(path: string, headers: Record<string, string>, method = 'GET', body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'], body: text }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const ROUTES = [
  '/',
  '/contracts',
  '/tasks/x',
  '/api/trpc/system.status',
  '/api/trpc/history.onEvent',
  '/api/v1/contracts',
  '/_next/static/x.js',
]

test('a name that was pointed at this machine gets nothing from any route', async () => {
  for (const path of ROUTES) {
    const { status, type, body } = await send(path, { host: `evil.example:${port}` })
    expect([path, status, type]).toEqual([path, 403, 'application/problem+json'])
    expect(JSON.parse(body)).toMatchObject({ status: 403, code: 'forbidden' })
    expect(body).not.toContain('secret')
  }
})

test('a page of another site gets nothing from any route and changes nothing', async () => {
  const headers = { host: `127.0.0.1:${port}`, origin: 'https://evil.example' }
  for (const path of ROUTES) expect((await send(path, headers)).status).toBe(403)
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
    const json = { 'content-type': 'application/json', 'content-length': '2' }
    const answer = await send('/api/v1/contracts', { ...headers, ...json }, method, '{}')
    expect(answer.status).toBe(403)
  }
})

test('a form without Origin is refused for its content type', async () => {
  const headers = { host: `127.0.0.1:${port}`, 'content-type': 'text/plain', 'content-length': '2' }
  expect((await send('/api/v1/contracts', headers, 'POST', '{}')).status).toBe(415)
})

test('headers that any program can write open nothing', async () => {
  const own = `127.0.0.1:${port}`
  const forged: Record<string, string>[] = [
    {},
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    { origin: `http://${own}` },
    { referer: `http://${own}/` },
    { cookie: 'makima_session_00000000=x' },
    { 'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy' },
    { accept: 'text/html', 'sec-fetch-site': 'none' },
  ]
  for (const path of ROUTES.filter((one) => !one.startsWith('/api/trpc/'))) {
    for (const headers of forged) {
      const { status, body } = await send(path, { host: own, ...headers })
      expect([path, headers, status]).toEqual([path, headers, 401])
      expect(body).not.toContain('secret')
    }
  }
})

test('a program of the person is let through by the local token', async () => {
  for (const path of ROUTES) {
    const headers = { host: `127.0.0.1:${port}`, authorization: `Bearer ${token}` }
    expect((await send(path, headers)).body).toBe('secret history')
  }
})

test('a person who is not signed in is told how to, and a link of another site tries once more', async () => {
  const own = { host: `127.0.0.1:${port}`, accept: 'text/html,application/xhtml+xml' }
  const typed = await send('/tasks/x', { ...own, 'sec-fetch-site': 'none' })
  expect(typed).toMatchObject({ status: 401, type: 'text/html; charset=utf-8' })
  expect(typed.body).toContain('makima open')
  expect(typed.body).not.toContain('http-equiv')
  const followed = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
  expect((await send('/tasks/x', { ...own, ...followed })).body).toContain('http-equiv="refresh"')
})
