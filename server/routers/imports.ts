import { getImport, getImportInput, listImports, requestImport, requestImportInput } from '@/server/services/imports'
import { procedure, router } from '@/server/trpc'

export const importsRouter = router({
  list: procedure.query(({ ctx }) => listImports(ctx)),
  get: procedure.input(getImportInput).query(({ ctx, input }) => getImport(ctx, input)),
  start: procedure.input(requestImportInput).mutation(({ ctx, input }) => requestImport(ctx, input)),
})
