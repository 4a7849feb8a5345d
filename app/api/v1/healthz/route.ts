import { z } from 'zod'
import { route } from '@/app/api/v1/route-handler'

export const dynamic = 'force-dynamic'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  { GET: async () => ({ ok: true }) },
  {
    GET: {
      free: true,
      summary: 'Whether the web server is up',
      answers: { 200: z.object({ ok: z.boolean() }) },
    },
  },
)
