import { answerPermission } from '@/server/services/runs/answer-run'
import { answerInput } from '@/server/services/runs/run-inputs'
import { run } from '@/app/api/v1/answers/runs'
import { idOf, parse, route } from '@/app/api/v1/route-handler'
import { toRun } from '@/app/api/v1/run-shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    POST: async ({ ctx, params, body }) =>
      toRun(await answerPermission(ctx, parse(answerInput, { ...body, id: idOf(params) }))),
  },
  {
    POST: {
      summary: 'Answers what an agent asks',
      body: answerInput,
      fromAddress: ['id'],
      answers: { 200: run },
    },
  },
)
