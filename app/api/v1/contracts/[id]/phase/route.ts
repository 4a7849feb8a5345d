import { advancePhase, phaseChangeInput } from '@/server/services/contract-changes'
import { contractDetail } from '@/app/api/v1/answers/contracts'
import { idOf, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    POST: async ({ ctx, params, body }) => advancePhase(ctx, parse(phaseChangeInput, { ...body, id: idOf(params) })),
  },
  {
    POST: {
      summary: 'The contract moves to its next phase, or to the one named',
      body: phaseChangeInput,
      fromAddress: ['id'],
      answers: { 200: contractDetail },
    },
  },
)
