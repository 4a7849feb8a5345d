import { previewBrief } from '@/server/services/runs/hand-over-words'
import { resumeTaskInput } from '@/server/services/runs/run-inputs'
import { brief } from '@/app/api/v1/answers/runs'
import { idOf, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    POST: async ({ ctx, params, body }) => previewBrief(ctx, parse(resumeTaskInput, { ...body, taskId: idOf(params) })),
  },
  {
    POST: {
      looks: true,
      summary: 'The conversation in words, as an agent can be told it',
      body: resumeTaskInput,
      fromAddress: ['taskId'],
      answers: { 200: brief },
    },
  },
)
