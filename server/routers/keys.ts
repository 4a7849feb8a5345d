import { createKey, keyCreateInput, listKeys, revokeKey } from '@/server/services/api-keys'
import { byId } from '@/server/services/inputs'
import { procedure, router } from '@/server/trpc'

export const keysRouter = router({
  list: procedure.query(({ ctx }) => listKeys(ctx)),
  create: procedure.input(keyCreateInput).mutation(({ ctx, input }) => createKey(ctx, input)),
  revoke: procedure.input(byId).mutation(({ ctx, input }) => revokeKey(ctx, input)),
})
