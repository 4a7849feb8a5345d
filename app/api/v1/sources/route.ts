import { z } from 'zod'
import { pageInput } from '@/server/services/inputs'
import { listSources } from '@/server/services/sources'
import { source } from '@/app/api/v1/answers/imports'
import { cursor } from '@/app/api/v1/answers/basics'
import { page } from '@/app/api/v1/describe'
import { parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ ctx, query }) => {
      const { entries, totalCount, nextCursor } = await listSources(ctx, parse(pageInput, query.page()))
      return { sources: entries, totalCount, cursor: nextCursor }
    },
  },
  {
    GET: {
      summary: 'What was imported, newest first',
      query: page,
      answers: { 200: z.object({ sources: z.array(source), totalCount: z.int(), cursor }) },
    },
  },
)
