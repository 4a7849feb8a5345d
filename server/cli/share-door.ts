// Owns `--share-host`: a door for readers on other machines, behind which there are shared conversations and nothing
// else. It hands a request on with the few headers that reading a share needs, so that no other rule has to hold.
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { networkInterfaces } from 'node:os'
import { AppError } from '@/server/errors'
import { choosePort } from './port'

export type ShareDoor = { close: () => Promise<void> }

export type ShareDoorOptions = { shareHost?: string; sharePort?: number; shareUrl?: string }

/** Where the door will be, and what readers call it; null when a person did not ask for one. */
export async function planShareDoor(options: ShareDoorOptions, webPort: number) {
  const { shareHost: host } = options
  if (host === undefined) return null
  const port = await choosePort(host, options.sharePort, webPort + 1)
  return { host, port, url: options.shareUrl?.replace(/\/+$/, '') ?? readersUrl(host, port) }
}

/** A share by its token, and its further pages. */
const SHARE = /^\/share\/[\w-]{1,100}(\?page=\d{1,6})?$/
/** What a form with a password has at most. */
const BODY_BYTES = 4_000
const HANDED_ON = ['cookie', 'content-type', 'content-length', 'accept', 'accept-language', 'user-agent']

/** Listens on `host:port` and hands what asks for a share to the Makima at `target`. Throws a sentence when it cannot. */
export async function openShareDoor(host: string, port: number, target: string): Promise<ShareDoor> {
  const server = createServer((asked, answer) => pass(asked, answer, target))
  // Who is slow on purpose holds a line of this door, not of Makima.
  server.requestTimeout = 15_000
  server.headersTimeout = 10_000
  server.maxConnections = 200
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const sentence = `Shares cannot be answered on ${host}, port ${port} (${cause.code}). Choose others with --share-host and --share-port.`
      reject(new AppError('conflict', sentence, { cause }))
    })
    server.listen(port, host, resolve)
  })
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function pass(asked: IncomingMessage, answer: ServerResponse, target: string): void {
  const { method = '', url = '', headers } = asked
  if (!SHARE.test(url)) return refuse(answer, 404, 'There is nothing here.')
  if (!['GET', 'HEAD', 'POST'].includes(method)) return refuse(answer, 405, 'A share can be read only.')
  if (method === 'POST' && !isOwnForm(headers)) return refuse(answer, 403, 'Pages of other sites may not ask here.')
  const length = Number(headers['content-length'] ?? 0)
  if (length > BODY_BYTES || headers['transfer-encoding']) return refuse(answer, 413, 'That is too long.')
  const on = Object.fromEntries(HANDED_ON.flatMap((name) => (headers[name] ? [[name, headers[name]]] : [])))
  const sent = request(`${target}${url}`, { method, headers: on }, (found) => {
    answer.writeHead(found.statusCode ?? 502, found.headers)
    found.pipe(answer)
  })
  sent.on('error', () =>
    answer.headersSent
      ? answer.destroy()
      : refuse(answer, 502, 'Makima does not answer just now. Try again in a moment.'),
  )
  answer.on('close', () => sent.destroy())
  asked.pipe(sent)
}

/** A form on a page of another site would come with that site's name. */
function isOwnForm({ origin, host }: IncomingMessage['headers']): boolean {
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)
}

function refuse(answer: ServerResponse, status: number, sentence: string): void {
  answer.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-robots-tag': 'noindex',
    connection: 'close',
  })
  answer.end(`${sentence}\n`)
}

/** The address that readers use, for a door that listens on `host`: of "every address" the first that others reach. */
export function readersUrl(host: string, port: number, interfaces = networkInterfaces()): string {
  const isEverywhere = host === '0.0.0.0' || host === '::'
  const outside = Object.values(interfaces)
    .flat()
    .find((one) => one && !one.internal && one.family === 'IPv4')
  const name = isEverywhere ? (outside?.address ?? '127.0.0.1') : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}
