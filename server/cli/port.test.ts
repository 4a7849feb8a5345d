import { createServer, type Server } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { choosePort } from './port'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function occupy(): Promise<number> {
  const server = createServer()
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

test('a port that was asked for and is in use is refused in a sentence', async () => {
  const port = await occupy()
  await expect(choosePort('127.0.0.1', port)).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use by another program`)
})

test('without a wish a free port is found', async () => {
  const port = await choosePort('127.0.0.1', undefined)
  expect(port).toBeGreaterThanOrEqual(4700)
  expect(await choosePort('127.0.0.1', port)).toBe(port)
})

test('an address this machine does not have is refused in a sentence', async () => {
  await expect(choosePort('192.0.2.1', undefined)).rejects.toThrow(/cannot listen on 192\.0\.2\.1/)
})
