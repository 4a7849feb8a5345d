import { tracked } from '@trpc/server'
import { eventHints } from '@/server/live'
import { whileAllowed } from '@/server/services/entry-watch'
import { followHistory, feedInput } from '@/server/services/history-feed'
import { facetsInput, getDensity, getFacets } from '@/server/services/history-density'
import { historyFilter, historyListInput } from '@/server/services/history-filter'
import { listHistory } from '@/server/services/history-list'
import { procedure, router } from '@/server/trpc'

export const historyRouter = router({
  list: procedure.input(historyListInput).query(({ ctx, input }) => listHistory(ctx, input)),
  density: procedure.input(historyFilter).query(({ ctx, input }) => getDensity(ctx, input)),
  facets: procedure.input(facetsInput).query(({ ctx, input }) => getFacets(ctx, input)),
  onEvent: procedure.input(feedInput).subscription(({ ctx, input, signal }) =>
    whileAllowed(ctx, signal, async function* (ended) {
      for await (const { place, event } of followHistory(ctx, input, eventHints(ended))) yield tracked(place, event)
    }),
  ),
})
