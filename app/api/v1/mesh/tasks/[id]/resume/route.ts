import { requestResume } from '@/server/services/runs/request-run'
import { resumeTaskInput } from '@/server/services/runs/run-inputs'
import { run } from '@/app/api/v1/answers/runs'
import { idOf, parse, route } from '@/app/api/v1/route-handler'
import { answerRun } from '@/app/api/v1/run-shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    POST: async ({ ctx, params, body }) => {
      const input = parse(resumeTaskInput, { ...body, taskId: idOf(params) })
      return answerRun(ctx, await requestResume(ctx, input))
    },
  },
  {
    POST: {
      summary: 'The agent goes on; with print, only its session is written and the command told',
      body: resumeTaskInput,
      fromAddress: ['taskId'],
      answers: { 200: run, 202: run },
    },
  },
)
