import { requestContractResume } from '@/server/services/runs/request-run'
import { resumeContractInput } from '@/server/services/runs/run-inputs'
import { runWithTasks } from '@/app/api/v1/answers/runs'
import { idOf, parse, route } from '@/app/api/v1/route-handler'
import { answerRun, toRun } from '@/app/api/v1/run-shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    POST: async ({ ctx, params, body }) => {
      const input = parse(resumeContractInput, { ...body, contractId: idOf(params) })
      const [first, ...others] = await requestContractResume(ctx, input)
      return answerRun(ctx, first, { tasks: others.map(toRun) })
    },
  },
  {
    POST: {
      summary: 'The supervisor goes on, and with it the tasks that were interrupted',
      body: resumeContractInput,
      fromAddress: ['contractId'],
      answers: { 200: runWithTasks, 202: runWithTasks },
    },
  },
)
