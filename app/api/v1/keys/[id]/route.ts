import { revokeKey } from '@/server/services/api-keys'
import { apiKey } from '@/app/api/v1/answers/keys'
import { idOf, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  { DELETE: async ({ ctx, params }) => revokeKey(ctx, { id: idOf(params) }) },
  { DELETE: { summary: 'Takes an API key back at once', answers: { 200: apiKey } } },
)
