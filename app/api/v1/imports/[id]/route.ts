import { z } from 'zod'
import { getImport, getImportInput } from '@/server/services/imports'
import { importReport } from '@/app/api/v1/answers/imports'
import { idOf, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ ctx, params, query }) => {
      const input = parse(getImportInput, {
        id: idOf(params),
        sourcesFrom: query.text('sourcesFrom'),
        sourcesLimit: query.text('sourcesLimit') ?? 10_000,
      })
      const found = await getImport(ctx, input)
      return { ...found, state: found.state === 'queued' ? 'running' : found.state }
    },
  },
  {
    GET: {
      summary: 'How far an import is, and its report',
      query: {
        sourcesFrom: { schema: z.int(), description: 'Leave out so many sources' },
        sourcesLimit: { schema: z.int(), description: 'Tell of so many sources' },
      },
      answers: { 200: importReport },
    },
  },
)
