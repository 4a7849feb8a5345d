import { requestResumeFrom, resumeFromInput } from '@/server/services/runs/resume-from'
import { idOf, parse, route } from '@/app/api/v1/route-handler'
import { answerRun } from '@/app/api/v1/run-shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route({
  POST: async ({ ctx, params, body }) => {
    const checkpointId = params.cid === 'latest' ? params.cid : idOf(params, 'cid')
    const place = { taskId: idOf(params), checkpointId }
    return answerRun(ctx, await requestResumeFrom(ctx, parse(resumeFromInput, { ...body, ...place })))
  },
})
