import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { requestContext } from '@/server/request-context'
import { appRouter } from '@/server/root'

export const dynamic = 'force-dynamic'

function handle(req: Request): Promise<Response> {
  return fetchRequestHandler({
    endpoint: '/api/trpc',
    req,
    router: appRouter,
    createContext: () => requestContext('browser'),
  })
}

export { handle as GET, handle as POST }
