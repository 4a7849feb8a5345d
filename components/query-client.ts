import { defaultShouldDehydrateQuery, QueryClient } from '@tanstack/react-query'
import superjson from 'superjson'

/** One client per browser tab. Dates cross the border by superjson, as the server's prefetch writes them. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // What the server prefetched must not be asked for again at once.
        staleTime: 15_000,
        retry: (failures, error) => failures < 2 && !isAnswer(error),
        refetchOnWindowFocus: true,
      },
      dehydrate: {
        serializeData: superjson.serialize,
        shouldDehydrateQuery: (query) => defaultShouldDehydrateQuery(query) || query.state.status === 'pending',
      },
      hydrate: { deserializeData: superjson.deserialize },
    },
  })
}

/** True when the server has answered with an error of its own: asking again would not help. */
function isAnswer(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'data' in error && Boolean(error.data)
}
