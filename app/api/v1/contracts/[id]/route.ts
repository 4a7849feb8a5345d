import { changeLimits, contractChangeInput } from '@/server/services/contract-changes'
import { getContract } from '@/server/services/contracts'
import { contractDetail } from '@/app/api/v1/answers/contracts'
import { idOf, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: ({ ctx, params }) => getContract(ctx, { id: idOf(params) }),
    PATCH: async ({ ctx, params, body }) =>
      changeLimits(ctx, parse(contractChangeInput, { ...body, id: idOf(params) })),
  },
  {
    GET: {
      summary: 'A contract with its tasks',
      lasts: 'a-moment',
      answers: { 200: contractDetail },
    },
    PATCH: {
      summary: 'Limits of a contract',
      body: contractChangeInput,
      fromAddress: ['id'],
      answers: { 200: contractDetail },
    },
  },
)
