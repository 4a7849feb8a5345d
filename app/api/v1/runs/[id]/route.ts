import { getRun } from '@/server/services/runs/run-log'
import { run } from '@/app/api/v1/answers/runs'
import { idOf, route } from '@/app/api/v1/route-handler'
import { toRun } from '@/app/api/v1/run-shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ ctx, params }) => toRun(await getRun(ctx, { id: idOf(params) })),
  },
  {
    GET: {
      summary: 'An agent at work, or one that was',
      answers: { 200: run },
    },
  },
)
