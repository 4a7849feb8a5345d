import { previewRetention, retentionInput } from '@/server/services/forget/retention'
import { forgetPreview } from '@/app/api/v1/answers/forget'
import { parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  { POST: ({ ctx, body }) => previewRetention(ctx, parse(retentionInput, body)) },
  {
    POST: {
      looks: true,
      summary: 'What would go now if these days were set',
      body: retentionInput,
      answers: { 200: forgetPreview },
    },
  },
)
