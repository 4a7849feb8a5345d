import { byId, pageInput } from '@/server/services/inputs'
import { settle } from '@/server/services/operation-answers'
import { restoreInput } from '@/server/services/operation-inputs'
import { emptyShelfItem, listShelf, previewRestore, requestRestore } from '@/server/services/shelf'
import { procedure, router } from '@/server/trpc'

export const shelfRouter = router({
  list: procedure.input(pageInput).query(({ ctx, input }) => listShelf(ctx, input)),
  previewRestore: procedure.input(restoreInput).query(({ ctx, input }) => previewRestore(ctx, input)),
  restore: procedure.input(restoreInput).mutation(({ ctx, input }) => settle(ctx, requestRestore(ctx, input))),
  empty: procedure.input(byId).mutation(({ ctx, input }) => emptyShelfItem(ctx, input)),
})
