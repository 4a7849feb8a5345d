import { requestStop } from '@/server/services/runs/answer-run'
import { run } from '@/app/api/v1/answers/runs'
import { idOf, route } from '@/app/api/v1/route-handler'
import { toRun } from '@/app/api/v1/run-shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    POST: async ({ ctx, params }) => toRun(await requestStop(ctx, { id: idOf(params) })),
  },
  {
    POST: {
      summary: 'Stops an agent',
      answers: { 200: run },
    },
  },
)
