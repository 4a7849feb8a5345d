import { pageInput } from '@/server/services/inputs'
import { listSources } from '@/server/services/sources'
import { parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ ctx, query }) => {
    const { entries, totalCount, nextCursor } = await listSources(ctx, parse(pageInput, query.page()))
    return { sources: entries, totalCount, cursor: nextCursor }
  },
})
