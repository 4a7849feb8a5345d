import { z } from 'zod'
import { route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    // Later, for the description is made of all routes, this one too.
    GET: async () => (await import('@/app/api/v1/document')).describeApi(),
  },
  {
    GET: {
      free: true,
      summary: 'This description, as OpenAPI 3.1',
      answers: { 200: z.record(z.string(), z.unknown()) },
    },
  },
)
