import type { Metadata } from 'next'
import { createLoader, parseAsIsoDateTime, type SearchParams } from 'nuqs/server'
import { eventFilterParsers, toHistoryInput } from '@/components/timeline/event-filters'
import { firstHistoryInput } from '@/components/timeline/first-history-input'
import { TimelineScreen } from '@/components/timeline/timeline-screen'
import { TimelineSkeleton } from '@/components/timeline/timeline-skeleton'
import { QueryBoundary } from '@/components/ui/query-boundary'
import { HydrateClient, prefetch, trpc } from '@/server/rsc'

export const metadata: Metadata = { title: 'Timeline' }

const loadFilters = createLoader(eventFilterParsers)
const loadPlace = createLoader({ at: parseAsIsoDateTime })

export default async function TimelinePage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const filters = await loadFilters(searchParams)
  const { at } = await loadPlace(searchParams)
  prefetch(trpc.history.list.queryOptions(firstHistoryInput(filters, {}, at)))
  prefetch(trpc.history.density.queryOptions(toHistoryInput({ ...filters, from: null, to: null })))
  prefetch(trpc.history.facets.queryOptions({}))
  return (
    <HydrateClient>
      <QueryBoundary fallback={<TimelineSkeleton />}>
        <TimelineScreen />
      </QueryBoundary>
    </HydrateClient>
  )
}
