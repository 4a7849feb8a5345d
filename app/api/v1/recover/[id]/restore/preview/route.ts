import { restoreInput } from '@/server/services/operation-inputs'
import { previewRestore } from '@/server/services/operations'
import { plan } from '@/app/api/v1/answers/operations'
import { idOf, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    POST: ({ ctx, params, body }) => previewRestore(ctx, parse(restoreInput, { ...body, id: idOf(params) })),
  },
  {
    POST: {
      looks: true,
      summary: 'What bringing an item back would do',
      body: restoreInput,
      fromAddress: ['id'],
      answers: { 200: plan },
    },
  },
)
