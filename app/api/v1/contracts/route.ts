import { contractCreateInput, createContract } from '@/server/services/contract-creation'
import { contractListInput, listContracts } from '@/server/services/contracts'
import { Answer, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ ctx, query }) => {
    const input = parse(contractListInput, {
      ...query.page(),
      repositoryId: query.text('repositoryId'),
      status: query.text('status'),
      agent: query.text('agent'),
      search: query.text('search'),
      starred: query.flag('starred'),
      sort: query.text('sort'),
    })
    const { entries, nextCursor, totalCount } = await listContracts(ctx, input)
    return { contracts: entries, totalCount, cursor: nextCursor }
  },
  POST: async ({ ctx, body }) => new Answer(201, await createContract(ctx, parse(contractCreateInput, body))),
})
