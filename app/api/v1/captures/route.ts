import { z } from 'zod'
import { captureInput, requestCapture } from '@/server/services/captures'
import { Answer, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  { POST: async ({ ctx, body }) => new Answer(202, await requestCapture(ctx, parse(captureInput, body))) },
  {
    POST: {
      summary: 'An agent’s hook tells that a transcript grew, or that a turn ended',
      details:
        'What `makima hooks install` makes agents send. At the end of a turn the files are kept as a checkpoint.',
      body: captureInput,
      answers: { 202: z.object({ accepted: z.literal(true) }) },
    },
  },
)
