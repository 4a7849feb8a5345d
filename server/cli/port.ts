// Owns finding a port to listen on.
import { createServer } from 'node:net'
import { AppError } from '@/server/errors'

export const USUAL_PORT = 4700

/**
 * The port to listen on. One that was asked for must be free, else a sentence is thrown; without a wish it is the usual
 * one, a near one, or any. Port 0 means any.
 */
export async function choosePort(host: string, wanted: number | undefined, usual = USUAL_PORT): Promise<number> {
  if (wanted !== undefined) {
    const port = await tryPort(host, wanted)
    if (typeof port === 'number') return port
    const why = port.code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be used (${port.code})`
    throw new AppError('conflict', `Port ${wanted} on ${host} ${why}. Choose another with --port, or leave it out.`)
  }
  for (let candidate = usual; candidate < usual + 20; candidate++) {
    const port = await tryPort(host, candidate)
    if (typeof port === 'number') return port
    if (port.code !== 'EADDRINUSE' && port.code !== 'EACCES') {
      throw new AppError(
        'invalid',
        `Makima cannot listen on ${host} (${port.code}). Choose another address with --host.`,
      )
    }
  }
  return choosePort(host, 0)
}

function tryPort(host: string, port: number): Promise<number | { code: string }> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => resolve({ code: error.code ?? error.message }))
    probe.listen(port, host, () => {
      const address = probe.address()
      const found = typeof address === 'object' && address !== null ? address.port : port
      probe.close(() => resolve(found))
    })
  })
}
