import { sharePreviewInput } from '@/server/services/shares/share-inputs'
import { previewShare } from '@/server/services/shares/shares'
import { sharePreview } from '@/app/api/v1/answers/shares'
import { parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  { POST: async ({ ctx, body, signal }) => previewShare(ctx, parse(sharePreviewInput, body), signal) },
  {
    POST: {
      looks: true,
      summary: 'What the reader of a share would see, and everything that was found in it',
      body: sharePreviewInput,
      answers: { 200: sharePreview },
    },
  },
)
