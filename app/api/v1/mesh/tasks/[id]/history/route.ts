import { z } from 'zod'
import { historyListInput } from '@/server/services/history-filter'
import { listHistory } from '@/server/services/history-list'
import { requireTask } from '@/server/services/tasks'
import { readHistoryQuery } from '@/app/api/v1/history-query'
import { eventPage } from '@/app/api/v1/answers/history'
import { history } from '@/app/api/v1/describe'
import { idOf, parse, route } from '@/app/api/v1/route-handler'
import { toEvents } from '@/app/api/v1/shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ ctx, params, query }) => {
      const task = await requireTask(ctx, { id: idOf(params) })
      const input = parse(historyListInput, { ...readHistoryQuery(query), taskId: task.id })
      return { taskId: task.id, contractId: task.contractId, ...toEvents(ctx, await listHistory(ctx, input)) }
    },
  },
  {
    GET: {
      summary: 'What happened in a task, newest first',
      lasts: 'until-written',
      query: history,
      answers: { 200: z.object({ taskId: z.uuid(), contractId: z.uuid(), ...eventPage }) },
    },
  },
)
