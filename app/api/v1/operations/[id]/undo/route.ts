import { z } from 'zod'
import { settle } from '@/server/services/operation-answers'
import { undoInput } from '@/server/services/operation-inputs'
import { requestUndo } from '@/server/services/operations'
import { underWay } from '@/app/api/v1/answers/operations'
import { idOf, parse, route } from '@/app/api/v1/route-handler'
import { answerOperation } from '@/app/api/v1/shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    POST: async ({ ctx, params, body }) => {
      const undoOf = idOf(params)
      const input = parse(undoInput, { ...body, operationId: undoOf })
      return answerOperation(await settle(ctx, requestUndo(ctx, input)), (result) => ({ undoOf, ...result }))
    },
  },
  {
    POST: {
      summary: 'Undoes an operation',
      body: undoInput,
      fromAddress: ['operationId'],
      answers: { 200: z.looseObject({ undoOf: z.uuid(), operationId: z.uuid() }), 202: underWay },
    },
  },
)
