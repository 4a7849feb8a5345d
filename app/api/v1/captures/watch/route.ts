import { z } from 'zod'
import { requestWatch } from '@/server/services/captures'
import { Answer, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  { POST: async ({ ctx }) => new Answer(202, await requestWatch(ctx)) },
  {
    POST: {
      summary: 'Has the agents’ usual places followed for a while, so that what they write appears as it comes',
      answers: { 202: z.object({ accepted: z.literal(true), seconds: z.int() }) },
    },
  },
)
