import { forkPreviewInput } from '@/server/services/operation-inputs'
import { previewFork } from '@/server/services/operations'
import { plan } from '@/app/api/v1/answers/operations'
import { idOf, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    POST: ({ ctx, params, body }) => previewFork(ctx, parse(forkPreviewInput, { ...body, taskId: idOf(params) })),
  },
  {
    POST: {
      looks: true,
      summary: 'What a fork would do',
      body: forkPreviewInput,
      fromAddress: ['taskId'],
      answers: { 200: plan },
    },
  },
)
