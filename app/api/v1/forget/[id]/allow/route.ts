import { allowAgain } from '@/server/services/forget/forget'
import { forgetting } from '@/app/api/v1/answers/forget'
import { idOf, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  { POST: ({ ctx, params }) => allowAgain(ctx, { id: idOf(params) }) },
  {
    POST: {
      summary: 'Lets what was forgotten be imported again where its file is still there; not for keys',
      answers: { 200: forgetting },
    },
  },
)
