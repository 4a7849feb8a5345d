import { z } from 'zod'
import { listCheckpoints } from '@/server/services/checkpoints'
import { settle } from '@/server/services/operation-answers'
import { checkpointInput } from '@/server/services/operation-inputs'
import { requestCheckpoint } from '@/server/services/operations'
import { checkpoint } from '@/app/api/v1/answers/checkpoints'
import { underWay, done } from '@/app/api/v1/answers/operations'
import { idOf, parse, route } from '@/app/api/v1/route-handler'
import { answerOperation } from '@/app/api/v1/shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ ctx, params }) => ({ checkpoints: await listCheckpoints(ctx, { taskId: idOf(params) }) }),
    POST: async ({ ctx, params, body }) => {
      const input = parse(checkpointInput, { ...body, taskId: idOf(params) })
      return answerOperation(await settle(ctx, requestCheckpoint(ctx, input)), (result) => result)
    },
  },
  {
    GET: {
      summary: 'The checkpoints of a task, newest last',
      lasts: 'until-written',
      answers: { 200: z.object({ checkpoints: z.array(checkpoint) }) },
    },
    POST: {
      summary: 'Takes a checkpoint now',
      body: checkpointInput,
      fromAddress: ['taskId'],
      answers: { 200: done, 202: underWay },
    },
  },
)
