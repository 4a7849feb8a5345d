import { spawnInput, spawnTask } from '@/server/services/runs/spawn-task'
import { idOf, parse, route } from '@/app/api/v1/route-handler'
import { answerRun } from '@/app/api/v1/run-shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route({
  POST: async ({ ctx, params, body }) =>
    answerRun(ctx, await spawnTask(ctx, parse(spawnInput, { ...body, contractId: idOf(params) }))),
})
