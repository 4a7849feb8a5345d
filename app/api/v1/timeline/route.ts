import { z } from 'zod'
import { historyListInput } from '@/server/services/history-filter'
import { listHistory } from '@/server/services/history-list'
import { readHistoryQuery } from '@/app/api/v1/history-query'
import { eventPage } from '@/app/api/v1/answers/history'
import { history, only } from '@/app/api/v1/describe'
import { parse, route } from '@/app/api/v1/route-handler'
import { toEvents } from '@/app/api/v1/shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ ctx, query }) => {
      const input = parse(historyListInput, {
        ...readHistoryQuery(query),
        contractId: query.text('contractId'),
        taskId: query.text('taskId'),
        repositoryId: query.text('repositoryId'),
      })
      return toEvents(ctx, await listHistory(ctx, input))
    },
  },
  {
    GET: {
      summary: 'Everything that happened, newest first',
      lasts: 'until-written',
      query: { ...history, contractId: only('contract'), taskId: only('task'), repositoryId: only('repository') },
      answers: { 200: z.object(eventPage) },
    },
  },
)
