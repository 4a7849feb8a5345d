// A model for tests: a server on loopback that answers as a script says and keeps every request. What a vendor's interface
// looks like is told by a dialect.
import { createServer, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/** What the model says next: a text, calls of tools, or a refusal with an HTTP status. */
export type ModelAnswer = { text?: string; calls?: { name: string; input: unknown }[]; refuse?: number }

/** What a request tells the model of the talk, without what the program adds by itself. */
export type HistoryEntry =
  | ['user', string]
  | ['assistant', string]
  | ['call', string, string, unknown]
  | ['result', string, string]

export type Dialect = {
  isRequest(url: string): boolean
  /** Requests beside the talk (a title, a summary for a menu) are answered but not kept. */
  isAside(url: string, body: Record<string, unknown>): boolean
  history(body: Record<string, unknown>): HistoryEntry[]
  /** The pieces of the answer, as they are sent; `serial` makes ids that no other answer has. */
  pieces(answer: ModelAnswer, serial: string): string[]
  refusal(status: number): unknown
}

export type TestModel = {
  url: string
  /** The talk in each request, in order. */
  histories: HistoryEntry[][]
  /** Sets what the model says from now on; when all is said it says “Done.”. */
  say(...answers: ModelAnswer[]): void
  close(): Promise<void>
}

const ids = () => Math.random().toString(36).slice(2, 10)

export async function startTestModel(dialect: Dialect): Promise<TestModel> {
  const histories: HistoryEntry[][] = []
  let script: ModelAnswer[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const url = request.url ?? ''
    if (request.method !== 'POST' || !dialect.isRequest(url)) return refuse(response, 404, {})
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>
    const isAside = dialect.isAside(url, body)
    if (!isAside) histories.push(dialect.history(body))
    const answer = isAside ? { text: 'A title' } : (script.shift() ?? { text: 'Done.' })
    if (answer.refuse !== undefined) {
      if (script.length === 0) script = [answer]
      return refuse(response, answer.refuse, dialect.refusal(answer.refuse))
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const piece of dialect.pieces(answer, ids())) {
      response.write(piece)
      await wait(5)
    }
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    histories,
    say: (...answers) => {
      script = answers
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function refuse(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
