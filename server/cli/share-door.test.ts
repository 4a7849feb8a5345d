import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openShareDoor, readersUrl, type ShareDoor } from './share-door'

type Seen = { method: string; url: string; headers: NodeJS.Dict<string | string[]>; body: string }

const seen: Seen[] = []
const target = createServer((asked, answer) => {
  let body = ''
  asked.on('data', (part: Buffer) => (body += part.toString()))
  asked.on('end', () => {
    seen.push({ method: asked.method ?? '', url: asked.url ?? '', headers: asked.headers, body })
    answer.writeHead(200, { 'set-cookie': 'share=abc; Path=/share/x', 'x-robots-tag': 'noindex' })
    answer.end('a shared conversation')
  })
})
let door: ShareDoor
let port = 0

/** One that nothing listens on just now. */
async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port: free } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return free
}

beforeAll(async () => {
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve))
  port = await freePort()
  door = await openShareDoor('127.0.0.1', port, `http://127.0.0.1:${(target.address() as AddressInfo).port}`)
})
afterAll(async () => {
  await door.close()
  await new Promise((resolve) => target.close(resolve))
})

function ask(path: string, method = 'GET', headers: Record<string, string> = {}, body?: string) {
  return new Promise<{ status: number; text: string; headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (answer) => {
      let text = ''
      answer.on('data', (part: Buffer) => (text += part.toString()))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

test('a share is handed on, with the cookie of its password and nothing that could open anything else', async () => {
  const answer = await ask('/share/abc-DEF_1?page=2', 'GET', {
    host: 'readers.example',
    cookie: 'share=pass',
    authorization: 'Bearer mak_x',
    'share-password': 'x',
  })
  expect(answer).toMatchObject({ status: 200, text: 'a shared conversation', headers: { 'x-robots-tag': 'noindex' } })
  const last = seen.at(-1)
  expect(last).toMatchObject({ method: 'GET', url: '/share/abc-DEF_1?page=2', headers: { cookie: 'share=pass' } })
  expect(last?.headers.authorization).toBeUndefined()
  expect(last?.headers.host).toContain('127.0.0.1')
})

test('a password comes through from the page of the share itself, and from no other site', async () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded', host: 'readers.example:4701' }
  const own = await ask('/share/abc', 'POST', { ...form, origin: 'http://readers.example:4701' }, 'password=x')
  expect(own).toMatchObject({ status: 200, headers: { 'set-cookie': ['share=abc; Path=/share/x'] } })
  expect(seen.at(-1)).toMatchObject({ method: 'POST', body: 'password=x' })
  expect(seen.at(-1)?.headers.origin).toBeUndefined()
  const before = seen.length
  for (const origin of ['http://evil.example', 'null', 'https://readers.example']) {
    expect((await ask('/share/abc', 'POST', { ...form, origin }, 'password=x')).status).toBe(403)
  }
  expect((await ask('/share/abc', 'POST', form, 'x'.repeat(5_000))).status).toBe(413)
  expect(seen.length).toBe(before)
})

test('nothing but shares can be reached, however it is written', async () => {
  const before = seen.length
  for (const path of [
    '/',
    '/share',
    '/share/',
    '/share/abc/',
    '/share/abc/../../api/v1/contracts',
    '/share/..%2fapi%2fv1%2fcontracts',
    '/share/abc?page=1&x=/api',
    '/share/abc#/api',
    '//share/abc',
    '/api/v1/healthz',
    '/api/trpc/history.list',
    '/_next/static/x.js',
    'http://127.0.0.1/share/abc',
  ]) {
    expect((await ask(path)).status, path).toBe(404)
  }
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    expect((await ask('/share/abc', method)).status, method).toBe(405)
  }
  expect(seen.length).toBe(before)
})

test('the address for readers is one that others reach', () => {
  const lan = { eth0: [{ family: 'IPv4', internal: false, address: '192.168.1.5' }] } as never
  expect(readersUrl('0.0.0.0', 4701, lan)).toBe('http://192.168.1.5:4701')
  expect(readersUrl('0.0.0.0', 4701, {})).toBe('http://127.0.0.1:4701')
  expect(readersUrl('10.0.0.2', 4701, lan)).toBe('http://10.0.0.2:4701')
  expect(readersUrl('fd00::1', 4701, lan)).toBe('http://[fd00::1]:4701')
})

test('a port that is taken is told in a sentence', async () => {
  await expect(openShareDoor('127.0.0.1', port, 'http://127.0.0.1:9')).rejects.toThrow(/--share-port/)
})

test('while Makima is away the door says so', async () => {
  const free = await freePort()
  const other = await openShareDoor('127.0.0.1', free, 'http://127.0.0.1:9')
  const answer = await fetch(`http://127.0.0.1:${free}/share/abc`)
  expect([answer.status, await answer.text()]).toEqual([
    502,
    'Makima does not answer just now. Try again in a moment.\n',
  ])
  await other.close()
})
