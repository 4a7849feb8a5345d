import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import type { Context } from '@/server/context'
import { problem } from '@/server/problem'
import { reportError, toPublicError } from '@/server/public-error'
import { requestContext } from '@/server/request-context'
import { appRouter } from '@/server/root'
import { readBody } from '@/server/read-body'
import { refuseRequest } from '@/server/request-guard'
import { enter } from '@/server/services/entry'

export const dynamic = 'force-dynamic'

/** Longest body in bytes: a brief of a million characters, written as JSON in any language. */
const BODY_BYTES = 5_000_000

async function handle(request: Request): Promise<Response> {
  const { method, url, headers, signal } = request
  let ctx: Context
  let req: Request
  try {
    const outside = requestContext('browser')
    const refusal = refuseRequest({ method, pathname: new URL(url).pathname, headers }, outside.env)
    if (refusal) return problem(refusal)
    // tRPC lets a change come by POST only.
    ctx = await enter(outside, headers, method !== 'POST')
    // Who asks is known before anything is read, and no more is read than may come.
    req =
      method !== 'POST'
        ? request
        : new Request(url, { method, headers, signal, body: await readBody(request, BODY_BYTES) })
  } catch (error) {
    reportError(error)
    return problem(toPublicError(error))
  }
  return fetchRequestHandler({ endpoint: '/api/trpc', req, router: appRouter, createContext: () => ctx })
}

export { handle as GET, handle as POST }
