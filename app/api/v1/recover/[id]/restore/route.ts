import { settle } from '@/server/services/operation-answers'
import { restoreInput } from '@/server/services/operation-inputs'
import { requestRestore } from '@/server/services/shelf'
import { underWay, done } from '@/app/api/v1/answers/operations'
import { idOf, parse, route } from '@/app/api/v1/route-handler'
import { answerOperation } from '@/app/api/v1/shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    POST: async ({ ctx, params, body }) => {
      const input = parse(restoreInput, { ...body, id: idOf(params) })
      return answerOperation(await settle(ctx, requestRestore(ctx, input)), (result) => result)
    },
  },
  {
    POST: {
      summary: 'Brings an item of the recover shelf back',
      body: restoreInput,
      fromAddress: ['id'],
      answers: { 200: done, 202: underWay },
    },
  },
)
