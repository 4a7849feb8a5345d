import { operationListInput } from '@/server/services/operation-answers'
import { listOperations } from '@/server/services/operations'
import { parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ ctx, query }) => {
    const input = parse(operationListInput, {
      ...query.page(),
      taskId: query.text('taskId'),
      contractId: query.text('contractId'),
    })
    const { entries, totalCount, nextCursor } = await listOperations(ctx, input)
    return { operations: entries, totalCount, cursor: nextCursor }
  },
})
