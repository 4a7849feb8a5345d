import { z } from 'zod'
import { settle } from '@/server/services/operation-answers'
import { branchInput } from '@/server/services/operation-inputs'
import { requestBranch } from '@/server/services/operations'
import { requireCheckpointOf } from '@/server/services/checkpoints'
import { underWay } from '@/app/api/v1/answers/operations'
import { idOf, parse, route } from '@/app/api/v1/route-handler'
import { answerOperation } from '@/app/api/v1/shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    POST: async ({ ctx, params, body }) => {
      const checkpointId = idOf(params, 'cid')
      await requireCheckpointOf(ctx, { taskId: idOf(params), checkpointId })
      const input = parse(branchInput, { ...body, checkpointId })
      return answerOperation(await settle(ctx, requestBranch(ctx, input)), ({ branchName, sha }) => ({
        branchName,
        sha,
      }))
    },
  },
  {
    POST: {
      summary: 'A branch at a checkpoint',
      body: branchInput,
      fromAddress: ['checkpointId'],
      answers: {
        200: z.looseObject({ branchName: z.string(), sha: z.string(), operationId: z.uuid() }),
        202: underWay,
      },
    },
  },
)
