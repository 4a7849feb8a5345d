'use client'
import { useSuspenseQuery } from '@tanstack/react-query'
import { parseAsIsoDateTime, useQueryState, useQueryStates } from 'nuqs'
import { useRef } from 'react'
import { PageHeader } from '@/components/shell/page-header'
import { useTRPC } from '@/components/trpc'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { DensityChart } from './density-chart'
import { type EventFilters, eventFilterParsers, hasFilters, toHistoryInput } from './event-filters'
import { EventList } from './event-list'
import { FilterBar } from './filter-bar'
import { useTimeline } from './use-timeline'
import { Welcome } from './welcome'

const NOTHING: EventFilters = { phase: null, type: null, agent: null, repository: null, from: null, to: null }

/** Everything that happened, newest first. */
export function TimelineScreen() {
  const trpc = useTRPC()
  const [filters, setFilters] = useQueryStates(eventFilterParsers, { history: 'push' })
  const [at, setAt] = useQueryState('at', parseAsIsoDateTime.withOptions({ history: 'push' }))
  const scroller = useRef<HTMLDivElement>(null)
  const timeline = useTimeline({
    filters,
    scope: {},
    at,
    isAtTop: () => (scroller.current?.scrollTop ?? 0) < 4,
  })
  const { data: density } = useSuspenseQuery(
    trpc.history.density.queryOptions(toHistoryInput({ ...filters, from: null, to: null })),
  )
  const { data: facets } = useSuspenseQuery(trpc.history.facets.queryOptions({}))
  const filtered = hasFilters(filters)
  if (timeline.events.length === 0 && !filtered && !at) return <Welcome />
  const change = (next: Partial<EventFilters>) => {
    void setAt(null)
    void setFilters(next)
  }
  return (
    <>
      <PageHeader title="Timeline" actions={at && <Button onClick={() => void setAt(null)}>Back to now</Button>} />
      <DensityChart density={density} from={filters.from} to={filters.to} onSelect={change} />
      <div className="border-b border-line">
        <FilterBar filters={filters} facets={facets} totalCount={timeline.totalCount} onChange={change} />
      </div>
      {timeline.events.length === 0 ? (
        <EmptyState title="No event fits these filters">
          <Button className="mt-2" onClick={() => change(NOTHING)}>
            Clear the filters
          </Button>
        </EmptyState>
      ) : (
        <EventList
          key={JSON.stringify([filters, at])}
          scroller={scroller}
          events={timeline.events}
          fresh={timeline.fresh}
          runs
          older={timeline.older}
          newer={timeline.newer}
          failed={timeline.failed}
          waiting={timeline.waiting}
          onShowWaiting={timeline.showWaiting}
        />
      )}
    </>
  )
}
