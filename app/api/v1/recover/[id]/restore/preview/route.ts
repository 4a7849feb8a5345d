import { restoreInput } from '@/server/services/operation-inputs'
import { previewRestore } from '@/server/services/operations'
import { idOf, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route({
  POST: ({ ctx, params, body }) => previewRestore(ctx, parse(restoreInput, { ...body, id: idOf(params) })),
})
