import { diffInput, getDiffWithPatches } from '@/server/services/diffs'
import { idOf, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: ({ ctx, params, query }) => {
    const input = parse(diffInput, { id: idOf(params), against: query.text('against') })
    return getDiffWithPatches(ctx, { ...input, path: query.text('path') })
  },
})
