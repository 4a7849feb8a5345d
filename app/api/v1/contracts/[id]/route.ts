import { changeLimits, contractChangeInput } from '@/server/services/contract-changes'
import { getContract } from '@/server/services/contracts'
import { idOf, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: ({ ctx, params }) => getContract(ctx, { id: idOf(params) }),
  PATCH: async ({ ctx, params, body }) => changeLimits(ctx, parse(contractChangeInput, { ...body, id: idOf(params) })),
})
