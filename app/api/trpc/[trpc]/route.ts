import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import type { Context } from '@/server/context'
import { problem } from '@/server/problem'
import { reportError, toPublicError } from '@/server/public-error'
import { requestContext } from '@/server/request-context'
import { appRouter } from '@/server/root'
import { enter } from '@/server/services/entry'

export const dynamic = 'force-dynamic'

async function handle(req: Request): Promise<Response> {
  let ctx: Context
  try {
    // tRPC lets a change come by POST only.
    ctx = await enter(requestContext('browser'), req.headers, req.method === 'GET')
  } catch (error) {
    reportError(error)
    return problem(toPublicError(error))
  }
  return fetchRequestHandler({ endpoint: '/api/trpc', req, router: appRouter, createContext: () => ctx })
}

export { handle as GET, handle as POST }
