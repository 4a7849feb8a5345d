import { getCheckpoint } from '@/server/services/checkpoints'
import { checkpoint } from '@/app/api/v1/answers/checkpoints'
import { idOf, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ ctx, params }) => (await getCheckpoint(ctx, { id: idOf(params) })).checkpoint,
  },
  {
    GET: {
      summary: 'A checkpoint',
      lasts: 'until-written',
      answers: { 200: checkpoint },
    },
  },
)
