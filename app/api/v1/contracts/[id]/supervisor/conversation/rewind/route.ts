import { requireSupervisor } from '@/server/services/contracts'
import { settle } from '@/server/services/operation-answers'
import { conversationRewindInput } from '@/server/services/operation-inputs'
import { requestConversationRewind } from '@/server/services/operations'
import { underWay, rewound } from '@/app/api/v1/answers/operations'
import { idOf, parse, route } from '@/app/api/v1/route-handler'
import { answerOperation, toRewound } from '@/app/api/v1/shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    POST: async ({ ctx, params, body }) => {
      const contractId = idOf(params)
      const taskId = await requireSupervisor(ctx, { id: contractId })
      const input = parse(conversationRewindInput, { ...body, taskId })
      const operation = await settle(ctx, requestConversationRewind(ctx, input))
      return answerOperation(operation, (result) => ({ contractId, ...toRewound(taskId, result) }))
    },
  },
  {
    POST: {
      summary: "The supervisor's conversation goes back",
      body: conversationRewindInput,
      fromAddress: ['taskId'],
      answers: { 200: rewound, 202: underWay },
    },
  },
)
