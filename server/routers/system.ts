import { getStatus } from '@/server/services/system'
import { procedure, router } from '@/server/trpc'

export const systemRouter = router({
  status: procedure.query(({ ctx }) => getStatus(ctx)),
})
