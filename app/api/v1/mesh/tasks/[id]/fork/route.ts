import { settle } from '@/server/services/operation-answers'
import { forkInput } from '@/server/services/operation-inputs'
import { requestFork } from '@/server/services/operations'
import { underWay, forked } from '@/app/api/v1/answers/operations'
import { idOf, parse, route } from '@/app/api/v1/route-handler'
import { answerOperation } from '@/app/api/v1/shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    POST: async ({ ctx, params, body }) => {
      const sourceTaskId = idOf(params)
      const input = parse(forkInput, { ...body, taskId: sourceTaskId })
      const operation = await settle(ctx, requestFork(ctx, input))
      return answerOperation(operation, ({ newTaskId, forkPoint, branchName, messageCount, ...rest }) => ({
        newTaskId,
        sourceTaskId,
        forkPoint,
        ...(branchName ? { branchName } : {}),
        conversationIncluded: input.includeConversation !== false,
        messageCount,
        ...rest,
      }))
    },
  },
  {
    POST: {
      summary: 'A new task from a point of this one, in a folder and on a branch of its own',
      body: forkInput,
      fromAddress: ['taskId'],
      answers: { 200: forked, 202: underWay },
    },
  },
)
