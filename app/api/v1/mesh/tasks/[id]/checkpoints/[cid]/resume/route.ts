import { requestResumeFrom, resumeFromInput } from '@/server/services/runs/resume-from'
import { run } from '@/app/api/v1/answers/runs'
import { idOf, parse, route } from '@/app/api/v1/route-handler'
import { answerRun } from '@/app/api/v1/run-shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    POST: async ({ ctx, params, body }) => {
      const checkpointId = params.cid === 'latest' ? params.cid : idOf(params, 'cid')
      const place = { taskId: idOf(params), checkpointId }
      return answerRun(ctx, await requestResumeFrom(ctx, parse(resumeFromInput, { ...body, ...place })))
    },
  },
  {
    POST: {
      summary: 'A new task on the files of a checkpoint (or of `latest`), with an agent at work',
      body: resumeFromInput,
      fromAddress: ['taskId', 'checkpointId'],
      answers: { 200: run, 202: run },
    },
  },
)
