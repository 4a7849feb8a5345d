import { byId, pageInput } from '@/server/services/inputs'
import { shareCreateInput, sharePreviewInput } from '@/server/services/shares/share-inputs'
import { createShare, listShares, previewShare, revokeShare } from '@/server/services/shares/shares'
import { procedure, router } from '@/server/trpc'

export const sharesRouter = router({
  list: procedure.input(pageInput).query(({ ctx, input }) => listShares(ctx, input)),
  // What is kept and what is masked can be longer than an address may be.
  preview: procedure.input(sharePreviewInput).mutation(({ ctx, input, signal }) => previewShare(ctx, input, signal)),
  create: procedure.input(shareCreateInput).mutation(({ ctx, input, signal }) => createShare(ctx, input, signal)),
  revoke: procedure.input(byId).mutation(({ ctx, input }) => revokeShare(ctx, input)),
})
