import { spawnInput, spawnTask } from '@/server/services/runs/spawn-task'
import { run } from '@/app/api/v1/answers/runs'
import { idOf, parse, route } from '@/app/api/v1/route-handler'
import { answerRun } from '@/app/api/v1/run-shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    POST: async ({ ctx, params, body }) =>
      answerRun(ctx, await spawnTask(ctx, parse(spawnInput, { ...body, contractId: idOf(params) }))),
  },
  {
    POST: {
      summary: 'A new task below another one, with an agent at work in a folder of its own',
      body: spawnInput,
      fromAddress: ['contractId'],
      answers: { 200: run, 202: run },
    },
  },
)
