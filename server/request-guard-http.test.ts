import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { NextRequest } from 'next/server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { proxy } from '@/proxy'

// The real door with real requests: Node's own client sends whatever Host it is told to, as a rebinding name would.
let server: Server
let port = 0
beforeAll(async () => {
  server = createServer(async (incoming, outgoing) => {
    const headers = new Headers()
    for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value))
    const url = new URL(incoming.url ?? '/', `http://127.0.0.1:${port}`)
    const answer = proxy(new NextRequest(url, { method: incoming.method ?? 'GET', headers }))
    const passed = answer.headers.get('x-middleware-next') === '1'
    outgoing.writeHead(passed ? 200 : answer.status, Object.fromEntries(answer.headers))
    outgoing.end(passed ? 'secret history' : await answer.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
  process.env.PORT = String(port)
})
afterAll(() => {
  server.close()
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

test('our own page, the command line and a plain client are let through', async () => {
  const own = `localhost:${port}`
  for (const path of ROUTES) {
    expect((await send(path, { host: own, origin: `http://${own}`, 'sec-fetch-site': 'same-origin' })).body).toBe(
      'secret history',
    )
    expect((await send(path, { host: `127.0.0.1:${port}` })).body).toBe('secret history')
  }
})
