import { getOperation } from '@/server/services/operations'
import { operation } from '@/app/api/v1/answers/operations'
import { idOf, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: ({ ctx, params }) => getOperation(ctx, { id: idOf(params) }),
  },
  {
    GET: {
      summary: 'An operation',
      answers: { 200: operation },
    },
  },
)
