import { conversationRewindInput } from '@/server/services/operation-inputs'
import { previewConversationRewind } from '@/server/services/operations'
import { idOf, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route({
  POST: ({ ctx, params, body }) =>
    previewConversationRewind(ctx, parse(conversationRewindInput, { ...body, taskId: idOf(params) })),
})
