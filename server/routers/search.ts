import { search, searchInput } from '@/server/services/search'
import { procedure, router } from '@/server/trpc'

export const searchRouter = router({
  find: procedure.input(searchInput).query(({ ctx, input }) => search(ctx, input)),
})
