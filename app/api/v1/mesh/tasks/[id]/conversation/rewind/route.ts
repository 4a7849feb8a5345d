import { settle } from '@/server/services/operation-answers'
import { conversationRewindInput } from '@/server/services/operation-inputs'
import { requestConversationRewind } from '@/server/services/operations'
import { underWay, rewound } from '@/app/api/v1/answers/operations'
import { idOf, parse, route } from '@/app/api/v1/route-handler'
import { answerOperation, toRewound } from '@/app/api/v1/shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    POST: async ({ ctx, params, body }) => {
      const taskId = idOf(params)
      const input = parse(conversationRewindInput, { ...body, taskId })
      const operation = await settle(ctx, requestConversationRewind(ctx, input))
      return answerOperation(operation, (result) => toRewound(taskId, result))
    },
  },
  {
    POST: {
      summary: 'The conversation goes back, with its files if wanted',
      body: conversationRewindInput,
      fromAddress: ['taskId'],
      answers: { 200: rewound, 202: underWay },
    },
  },
)
