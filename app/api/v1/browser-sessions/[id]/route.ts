import { endBrowserSession } from '@/server/services/browser-sessions/browser-sessions'
import { browserSession } from '@/app/api/v1/answers/browser-sessions'
import { idOf, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  { DELETE: async ({ ctx, params }) => endBrowserSession(ctx, { id: idOf(params) }) },
  { DELETE: { summary: 'Signs a browser out at once', answers: { 200: browserSession } } },
)
