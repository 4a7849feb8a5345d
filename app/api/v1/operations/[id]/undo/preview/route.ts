import { undoInput } from '@/server/services/operation-inputs'
import { previewUndo } from '@/server/services/operations'
import { plan } from '@/app/api/v1/answers/operations'
import { idOf, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    POST: ({ ctx, params, body }) => previewUndo(ctx, parse(undoInput, { ...body, operationId: idOf(params) })),
  },
  {
    POST: {
      looks: true,
      summary: 'What an undo would do',
      body: undoInput,
      fromAddress: ['operationId'],
      answers: { 200: plan },
    },
  },
)
