import { getContract } from '@/server/services/contracts'
import { idOf, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: ({ ctx, params }) => getContract(ctx, { id: idOf(params) }),
})
