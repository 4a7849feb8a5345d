import { z } from 'zod'
import { listBrowserSessions } from '@/server/services/browser-sessions/browser-sessions'
import { browserSession } from '@/app/api/v1/answers/browser-sessions'
import { route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  { GET: async ({ ctx }) => ({ browserSessions: await listBrowserSessions(ctx) }) },
  {
    GET: {
      summary: 'Browsers that are signed in, newest first',
      answers: { 200: z.object({ browserSessions: z.array(browserSession) }) },
    },
  },
)
