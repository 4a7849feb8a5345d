import { listImports, requestImport, requestImportInput } from '@/server/services/imports'
import { Answer, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ ctx }) => ({ imports: await listImports(ctx) }),
  POST: async ({ ctx, body }) => new Answer(202, await requestImport(ctx, parse(requestImportInput, body))),
})
