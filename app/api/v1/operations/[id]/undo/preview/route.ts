import { undoInput } from '@/server/services/operation-inputs'
import { previewUndo } from '@/server/services/operations'
import { idOf, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route({
  POST: ({ ctx, params, body }) => previewUndo(ctx, parse(undoInput, { ...body, operationId: idOf(params) })),
})
