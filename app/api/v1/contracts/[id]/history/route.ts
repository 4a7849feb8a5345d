import { z } from 'zod'
import { requireContract } from '@/server/services/contracts'
import { historyListInput } from '@/server/services/history-filter'
import { listHistory } from '@/server/services/history-list'
import { readHistoryQuery } from '@/app/api/v1/history-query'
import { eventPage } from '@/app/api/v1/answers/history'
import { history } from '@/app/api/v1/describe'
import { idOf, parse, route } from '@/app/api/v1/route-handler'
import { toEvents } from '@/app/api/v1/shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ ctx, params, query }) => {
      const contractId = idOf(params)
      await requireContract(ctx, { id: contractId })
      const input = parse(historyListInput, { ...readHistoryQuery(query), contractId })
      return { contractId, ...toEvents(ctx, await listHistory(ctx, input)) }
    },
  },
  {
    GET: {
      summary: 'What happened in a contract, newest first',
      lasts: 'until-written',
      query: history,
      answers: { 200: z.object({ contractId: z.uuid(), ...eventPage }) },
    },
  },
)
