import { getReadiness } from '@/server/services/system'
import { Answer, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ ctx }) => {
    const readiness = await getReadiness(ctx)
    return new Answer(readiness.ready ? 200 : 503, readiness)
  },
})
