import { rewindInput } from '@/server/services/operation-inputs'
import { previewRewind } from '@/server/services/operations'
import { idOf, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route({
  POST: ({ ctx, params, body }) => previewRewind(ctx, parse(rewindInput, { ...body, taskId: idOf(params) })),
})
