import { emptyShelfItem } from '@/server/services/shelf'
import { Answer, idOf, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    DELETE: async ({ ctx, params }) => {
      await emptyShelfItem(ctx, { id: idOf(params) })
      return new Answer(204, null)
    },
  },
  {
    DELETE: {
      summary: 'Takes an item off the recover shelf for good',
      answers: { 204: null },
    },
  },
)
