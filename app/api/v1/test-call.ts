// Calls route files as Next does, against a database and a home of the test's own.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { requestContext } from '@/server/request-context'

/** Makes both, and points this process at them. Call it once per test file, before the first call. */
export async function openTestApi(): Promise<{ database: TestDatabase; ctx: Context; close: () => Promise<void> }> {
  const database = await createTestDatabase()
  process.env.DATABASE_URL = database.url
  process.env.MAKIMA_HOME = mkdtempSync(join(tmpdir(), 'makima-api-'))
  const ctx = requestContext('rest')
  return { database, ctx, close: database.close }
}

type RouteFile = Partial<
  Record<string, (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>>
>
type Options = {
  method?: string
  params?: Record<string, string>
  query?: Record<string, string>
  body?: unknown
  headers?: Record<string, string>
}

// oxlint-disable-next-line typescript/no-explicit-any -- answers are whatever JSON comes
export async function call(
  file: object,
  options: Options = {},
): Promise<{ status: number; body: any; response: Response }> {
  const { method = 'GET', params = {}, query = {}, body, headers } = options
  const handler = (file as RouteFile)[method]
  if (!handler) throw new Error(`the route has no ${method}`)
  const url = `http://127.0.0.1:4700/api/v1/x?${new URLSearchParams(query)}`
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await handler(
    new Request(url, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: text }),
    }),
    { params: Promise.resolve(params) },
  )
  const isJson = response.headers.get('content-type')?.includes('json')
  return { status: response.status, body: isJson ? await response.clone().json() : null, response }
}
