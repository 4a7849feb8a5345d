import { endBrowserSession, listBrowserSessions } from '@/server/services/browser-sessions/browser-sessions'
import { byId } from '@/server/services/inputs'
import { procedure, router } from '@/server/trpc'

export const browserSessionsRouter = router({
  list: procedure.query(({ ctx }) => listBrowserSessions(ctx)),
  end: procedure.input(byId).mutation(({ ctx, input }) => endBrowserSession(ctx, input)),
})
