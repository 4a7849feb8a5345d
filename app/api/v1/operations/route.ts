import { z } from 'zod'
import { operationListInput } from '@/server/services/operation-answers'
import { listOperations } from '@/server/services/operations'
import { operation } from '@/app/api/v1/answers/operations'
import { cursor } from '@/app/api/v1/answers/basics'
import { page, only } from '@/app/api/v1/describe'
import { parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ ctx, query }) => {
      const input = parse(operationListInput, {
        ...query.page(),
        taskId: query.text('taskId'),
        contractId: query.text('contractId'),
      })
      const { entries, totalCount, nextCursor } = await listOperations(ctx, input)
      return { operations: entries, totalCount, cursor: nextCursor }
    },
  },
  {
    GET: {
      summary: 'What was done, newest first',
      query: { ...page, taskId: only('task'), contractId: only('contract') },
      answers: { 200: z.object({ operations: z.array(operation), totalCount: z.int(), cursor }) },
    },
  },
)
