import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createHttpServer } from './serve'

// A real server and real lines, as a client that sends whatever it likes.
let port = 0
const seen: string[] = []
const server = createHttpServer(async (request, response) => {
  seen.push(`${request.method} ${request.url}`)
  if (request.url === '/fault') throw new Error('of the handler')
  response.end('let through')
})
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

type Heard = { status: number; text: string; sent: number; closed: boolean }

/** Sends a head and, after it, `megabytes` in chunks for as long as the other side takes them. */
function send(head: string, megabytes = 0): Promise<Heard> {
  return new Promise((resolve) => {
    const chunk = `${(2 ** 20).toString(16)}\r\n${'x'.repeat(2 ** 20)}\r\n`
    let [text, sent] = ['', 0]
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`${head}\r\nHost: 127.0.0.1:${port}\r\n${megabytes ? 'Transfer-Encoding: chunked\r\n' : ''}\r\n`)
      push()
    })
    const push = () => {
      for (; sent < megabytes && !socket.destroyed; sent += 1)
        if (!socket.write(chunk)) return socket.once('drain', push)
    }
    const end = (closed: boolean) => {
      socket.destroy()
      resolve({ status: Number(text.split(' ')[1]), text, sent, closed })
    }
    socket.on('data', (part) => {
      text += String(part)
      if (megabytes === 0) setTimeout(() => end(false), 20)
    })
    socket.on('error', () => {})
    socket.on('close', () => end(true))
    setTimeout(() => end(false), 5_000)
  })
}

test('a broken address is answered as such, to a person by a page and to a program by a problem', async () => {
  for (const path of ['/%', '/tasks/%ED%A0%80', '/contracts/%C3%28', '/share/%ff', '/%c0%80/x?y=1']) {
    const { status, text } = await send(`GET ${path} HTTP/1.1`)
    expect([path, status, text.includes('text/html')]).toEqual([path, 400, true])
  }
  for (const path of [
    '/api/v1/mesh/tasks/%ED%A0%80',
    '/api/v1/nowhere/%ff',
    '/api/trpc/%',
    'http://elsewhere/api/v1/contracts',
  ]) {
    const { status, text } = await send(`GET ${path} HTTP/1.1`)
    expect([path, status]).toEqual([path, 400])
    if (path.startsWith('/')) expect(text).toContain('application/problem+json')
  }
  for (const state of ['garbage', '%ff', '{}']) {
    expect((await send(`GET /contracts HTTP/1.1\r\nrsc: 1\r\nnext-router-state-tree: ${state}`)).status).toBe(400)
  }
  expect(seen).toEqual([])
  expect((await send('GET /search?q=%ED%A0%80 HTTP/1.1')).status).toBe(200)
})

test('a method that nothing here takes is refused before Next sees it', async () => {
  seen.length = 0
  for (const method of ['TRACE', 'PROPFIND', 'SEARCH', 'LINK']) {
    for (const path of ['/', '/api/v1/contracts', '/api/trpc/system.status']) {
      expect([method, path, (await send(`${method} ${path} HTTP/1.1`)).status]).toEqual([method, path, 405])
    }
  }
  for (const method of ['POST', 'PUT', 'DELETE']) expect((await send(`${method} /contracts HTTP/1.1`)).status).toBe(405)
  expect((await send('PUT /share/abc HTTP/1.1')).status).toBe(405)
  expect(seen).toEqual([])
})

test('what nobody reads is not read on: the answer comes at once and the line is cut', async () => {
  seen.length = 0
  const to = async (path: string) => send(`POST ${path} HTTP/1.1`, 100_000)
  const [page, share, passed] = await Promise.all([to('/contracts'), to('/share/abc'), to('/api/v1/contracts')])
  expect([page.status, share.status, passed.status]).toEqual([405, 413, 200])
  for (const { closed, sent } of [page, share, passed]) {
    expect(closed).toBe(true)
    expect(sent).toBeLessThan(100_000)
  }
  // The handler of that one did not read it either.
  expect(seen).toEqual(['POST /api/v1/contracts'])
})

test('a fault of the handler is answered and the server lives', async () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => {})
  expect((await send('GET /fault HTTP/1.1')).status).toBe(500)
  expect((await send('GET / HTTP/1.1')).text).toContain('let through')
  expect(told).toHaveBeenCalledOnce()
  told.mockRestore()
})
