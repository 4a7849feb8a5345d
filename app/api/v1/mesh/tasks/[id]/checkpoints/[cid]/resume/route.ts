import { requestResumeFrom, resumeFromInput } from '@/server/services/runs/resume-from'
import { idOf, parse, route } from '@/app/api/v1/route-handler'
import { answerRun } from '@/app/api/v1/run-shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route({
  POST: async ({ ctx, params, body }) => {
    const place = { taskId: idOf(params), checkpointId: idOf(params, 'cid') }
    return answerRun(ctx, await requestResumeFrom(ctx, parse(resumeFromInput, { ...body, ...place })))
  },
})
