import { getForgetting } from '@/server/services/forget/forget'
import { forgetting } from '@/app/api/v1/answers/forget'
import { idOf, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  { GET: ({ ctx, params }) => getForgetting(ctx, { id: idOf(params) }) },
  { GET: { summary: 'How far an act of forgetting is', answers: { 200: forgetting } } },
)
