// Calls route files as Next does, against a database and a home of the test's own.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Context } from '@/server/context'
import { ensureLocalToken } from '@/server/local-token'
import { requestContext } from '@/server/request-context'
import { holdToDescription } from './test-description'

/** Makes a home and points this process at it and at the database. Call it once per test file, before the first call. */
export function openTestApi(databaseUrl: string): Context {
  process.env.DATABASE_URL = databaseUrl
  process.env.MAKIMA_HOME = mkdtempSync(join(tmpdir(), 'makima-api-'))
  const ctx = requestContext('rest')
  authorization = `Bearer ${ensureLocalToken(ctx.env.home)}`
  return ctx
}

let authorization = ''

/** What a program of the person shows. */
export const personHeaders = () => ({ host: '127.0.0.1:4700', authorization })

/** Every answer is held to the description; see `test-description.ts`. */
type RouteFile = Partial<
  Record<string, (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>>
>
// oxlint-disable-next-line typescript/no-explicit-any -- an answer is whatever JSON comes
type Json = any

type Options = {
  method?: string
  params?: Record<string, string>
  query?: Record<string, string>
  body?: unknown
  headers?: Record<string, string>
}

export async function call(
  file: object,
  options: Options = {},
): Promise<{ status: number; body: Json; response: Response }> {
  const { method = 'GET', params = {}, query = {}, body, headers } = options
  const handler = (file as RouteFile)[method]
  if (!handler) throw new Error(`the route has no ${method}`)
  const url = `http://127.0.0.1:4700/api/v1/x?${new URLSearchParams(query)}`
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await handler(
    new Request(url, {
      method,
      // As a program of the person asks, unless a test shows something else.
      headers: { ...personHeaders(), 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: text }),
    }),
    { params: Promise.resolve(params) },
  )
  const isJson = response.headers.get('content-type')?.includes('json')
  const answer = isJson ? await response.clone().json() : null
  holdToDescription(file, method, response, answer)
  return { status: response.status, body: answer, response }
}
