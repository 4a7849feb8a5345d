import type { Metadata } from 'next'
import { SearchScreen } from '@/components/search/search-screen'
import { QueryBoundary } from '@/components/ui/query-boundary'
import { SkeletonRows } from '@/components/ui/skeleton-rows'
import { HydrateClient, prefetch, trpc } from '@/server/rsc'

export const metadata: Metadata = { title: 'Search' }

export default function SearchPage() {
  prefetch(trpc.history.facets.queryOptions({}))
  return (
    <HydrateClient>
      <QueryBoundary fallback={<SkeletonRows rows={10} height={68} label="Loading the search" />}>
        <SearchScreen />
      </QueryBoundary>
    </HydrateClient>
  )
}
