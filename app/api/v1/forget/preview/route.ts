import { previewForgetting } from '@/server/services/forget/forget'
import { subjectInput } from '@/server/services/forget/forget-inputs'
import { forgetPreview } from '@/app/api/v1/answers/forget'
import { parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  { POST: async ({ ctx, body }) => previewForgetting(ctx, parse(subjectInput, body)) },
  {
    POST: {
      looks: true,
      summary: 'What would go for good, and what would not be reached',
      body: subjectInput,
      answers: { 200: forgetPreview },
    },
  },
)
