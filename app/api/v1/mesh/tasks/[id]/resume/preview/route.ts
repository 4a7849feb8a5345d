import { previewResume } from '@/server/services/runs/hand-over'
import { resumeTaskInput } from '@/server/services/runs/run-inputs'
import { handOver } from '@/app/api/v1/answers/runs'
import { idOf, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    POST: async ({ ctx, params, body }) =>
      previewResume(ctx, parse(resumeTaskInput, { ...body, taskId: idOf(params) })),
  },
  {
    POST: {
      looks: true,
      summary: 'What the agent would know and be told',
      body: resumeTaskInput,
      fromAddress: ['taskId'],
      answers: { 200: handOver },
    },
  },
)
