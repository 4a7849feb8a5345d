// The web process: Node's own server before Next's handler, so that what is refused by its head costs no reading.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import next from 'next'
import { projectRoot } from '@/db/project-root'
import { readEnv } from '@/server/env'
import { guardConsole } from '@/server/log'
import { type Problem, problem } from '@/server/problem'
import { isApi, refuseHead } from './refuse-head'

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** How long a body that nobody reads may still come in, so that its sender sees the answer before the line is cut. */
const LINGER_MS = 1_000
/** Requests that are still being answered get so long at the end. */
const STOP_MS = 6_000

/** Serves until SIGTERM or SIGINT. The process ends when the port cannot be had. */
export async function serveWeb(): Promise<void> {
  guardConsole()
  const { host, port } = readEnv()
  // Next finds the port that it is reached by here.
  process.env.PORT = String(port)
  const app = next({ dev: false, dir: projectRoot(), hostname: host, port, quiet: true })
  await app.prepare()
  const server = createHttpServer(app.getRequestHandler())
  endOnSignal(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
}

/** A server that hands `handle` every request that is not refused by its head. */
export function createHttpServer(handle: Handler): Server {
  return createServer((request, response) => {
    const { socket } = request
    response.once('finish', () => dropRest(request, socket))
    const { method = '', url = '', headers } = request
    const refusal = refuseHead({ method, url, headers })
    if (refusal) return void refuse(response, url, refusal)
    handle(request, response).catch((error: unknown) => {
      console.error(error)
      if (response.headersSent) response.destroy()
      else void refuse(response, url, { code: 'internal', detail: 'Something went wrong inside Makima.' })
    })
  })
}

/** Node reads on what nobody wanted, to use the line again; that is done for a moment only. */
function dropRest(request: IncomingMessage, socket: Socket): void {
  if (request.complete) return
  setTimeout(() => request.complete || socket.destroy(), LINGER_MS).unref()
}

async function refuse(response: ServerResponse, url: string, refusal: Problem): Promise<void> {
  const answer = problem(refusal)
  response.statusCode = answer.status
  answer.headers.forEach((value, name) => response.setHeader(name, value))
  response.setHeader('x-content-type-options', 'nosniff')
  const isPage = !isApi(url.split('?')[0] ?? '')
  if (isPage) {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
  }
  response.end(isPage ? pageOf(refusal.detail) : await answer.text())
}

const pageOf = (sentence: string) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Makima</title><p>${sentence}</p><p><a href="/">Makima</a></p></html>\n`

function endOnSignal(server: Server): void {
  const end = () => {
    server.close(() => process.exit(0))
    const idle = setInterval(() => server.closeIdleConnections(), 100)
    idle.unref()
    setTimeout(() => process.exit(0), STOP_MS).unref()
  }
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, end)
}
