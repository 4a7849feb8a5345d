import { requestResume } from '@/server/services/runs/request-run'
import { resumeTaskInput } from '@/server/services/runs/run-inputs'
import { idOf, parse, route } from '@/app/api/v1/route-handler'
import { answerRun } from '@/app/api/v1/run-shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route({
  POST: async ({ ctx, params, body }) => {
    const input = parse(resumeTaskInput, { ...body, taskId: idOf(params) })
    return answerRun(ctx, await requestResume(ctx, input))
  },
})
