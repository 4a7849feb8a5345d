import { rewindInput } from '@/server/services/operation-inputs'
import { previewRewind } from '@/server/services/operations'
import { plan } from '@/app/api/v1/answers/operations'
import { idOf, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    POST: ({ ctx, params, body }) => previewRewind(ctx, parse(rewindInput, { ...body, taskId: idOf(params) })),
  },
  {
    POST: {
      looks: true,
      summary: 'What a rewind of the files would do, path by path',
      body: rewindInput,
      fromAddress: ['taskId'],
      answers: { 200: plan },
    },
  },
)
