import { pageInput } from '@/server/services/inputs'
import { listShelf } from '@/server/services/shelf'
import { parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ ctx, query }) => {
    const { entries, totals, totalCount, nextCursor } = await listShelf(ctx, parse(pageInput, query.page()))
    return { items: entries, totals, totalCount, cursor: nextCursor }
  },
})
