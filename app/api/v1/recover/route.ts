import { z } from 'zod'
import { pageInput } from '@/server/services/inputs'
import { listShelf } from '@/server/services/shelf'
import { shelfItem } from '@/app/api/v1/answers/operations'
import { cursor } from '@/app/api/v1/answers/basics'
import { page } from '@/app/api/v1/describe'
import { parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ ctx, query }) => {
      const { entries, totals, totalCount, nextCursor } = await listShelf(ctx, parse(pageInput, query.page()))
      return { items: entries, totals, totalCount, cursor: nextCursor }
    },
  },
  {
    GET: {
      summary: 'The recover shelf: what operations replaced',
      query: page,
      answers: {
        200: z.object({
          items: z.array(shelfItem),
          totals: z.object({ items: z.int(), sizeBytes: z.int() }),
          totalCount: z.int(),
          cursor,
        }),
      },
    },
  },
)
