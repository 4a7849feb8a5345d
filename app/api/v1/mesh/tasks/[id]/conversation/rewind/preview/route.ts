import { conversationRewindInput } from '@/server/services/operation-inputs'
import { previewConversationRewind } from '@/server/services/operations'
import { plan } from '@/app/api/v1/answers/operations'
import { idOf, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    POST: ({ ctx, params, body }) =>
      previewConversationRewind(ctx, parse(conversationRewindInput, { ...body, taskId: idOf(params) })),
  },
  {
    POST: {
      looks: true,
      summary: 'What a rewind of the conversation would do',
      body: conversationRewindInput,
      fromAddress: ['taskId'],
      answers: { 200: plan },
    },
  },
)
