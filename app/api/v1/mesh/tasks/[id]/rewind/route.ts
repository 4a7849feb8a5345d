import { settle } from '@/server/services/operation-answers'
import { rewindInput } from '@/server/services/operation-inputs'
import { requestRewind } from '@/server/services/operations'
import { underWay, rewound } from '@/app/api/v1/answers/operations'
import { idOf, parse, route } from '@/app/api/v1/route-handler'
import { answerOperation, toRewound } from '@/app/api/v1/shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    POST: async ({ ctx, params, body }) => {
      const taskId = idOf(params)
      const input = parse(rewindInput, { ...body, taskId })
      return answerOperation(await settle(ctx, requestRewind(ctx, input)), (result) => toRewound(taskId, result))
    },
  },
  {
    POST: {
      summary: 'The files as they were at a checkpoint',
      body: rewindInput,
      fromAddress: ['taskId'],
      answers: { 200: rewound, 202: underWay },
    },
  },
)
