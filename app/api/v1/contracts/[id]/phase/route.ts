import { advancePhase, phaseChangeInput } from '@/server/services/contract-changes'
import { idOf, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route({
  POST: async ({ ctx, params, body }) => advancePhase(ctx, parse(phaseChangeInput, { ...body, id: idOf(params) })),
})
