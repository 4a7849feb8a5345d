import { z } from 'zod'
import { getReadiness } from '@/server/services/system'
import { Answer, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ ctx }) => {
      const readiness = await getReadiness(ctx)
      return new Answer(readiness.ready ? 200 : 503, readiness)
    },
  },
  {
    GET: {
      free: true,
      summary: 'Whether database, worker and queue are ready',
      answers: {
        200: z.object({
          ready: z.boolean(),
          database: z.object({ ok: z.boolean() }),
          worker: z.object({ ok: z.boolean(), heartbeatAt: z.iso.datetime().nullable() }),
          queue: z.object({ ok: z.boolean(), jobs: z.int(), oldestSeconds: z.int() }),
        }),
        503: z.object({
          ready: z.boolean(),
          database: z.object({ ok: z.boolean() }),
          worker: z.object({ ok: z.boolean(), heartbeatAt: z.iso.datetime().nullable() }),
          queue: z.object({ ok: z.boolean(), jobs: z.int(), oldestSeconds: z.int() }),
        }),
      },
    },
  },
)
