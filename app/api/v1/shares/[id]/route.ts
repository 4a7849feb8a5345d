import { revokeShare } from '@/server/services/shares/shares'
import { share } from '@/app/api/v1/answers/shares'
import { idOf, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  { DELETE: async ({ ctx, params }) => revokeShare(ctx, { id: idOf(params) }) },
  { DELETE: { summary: 'Takes a share back: its link leads nowhere, its copy is deleted', answers: { 200: share } } },
)
