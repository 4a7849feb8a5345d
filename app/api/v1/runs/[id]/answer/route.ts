import { answerPermission } from '@/server/services/runs/answer-run'
import { answerInput } from '@/server/services/runs/run-inputs'
import { idOf, parse, route } from '@/app/api/v1/route-handler'
import { toRun } from '@/app/api/v1/run-shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route({
  POST: async ({ ctx, params, body }) =>
    toRun(await answerPermission(ctx, parse(answerInput, { ...body, id: idOf(params) }))),
})
