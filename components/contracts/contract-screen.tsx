'use client'
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { Download, SlidersHorizontal, Star } from 'lucide-react'
import { useQueryStates } from 'nuqs'
import { useRef, useState } from 'react'
import { toast } from '@/components/ui/toast'
import { ForgetButton } from '@/components/forget/forget-button'
import { PageHeader } from '@/components/shell/page-header'
import { type EventFilters, eventFilterParsers } from '@/components/timeline/event-filters'
import { InterruptedBanner } from '@/components/runs/interrupted-banner'
import { EventList } from '@/components/timeline/event-list'
import { FilterBar } from '@/components/timeline/filter-bar'
import { useTimeline } from '@/components/timeline/use-timeline'
import { useTRPC } from '@/components/trpc'
import { EmptyState } from '@/components/ui/empty-state'
import { describeError } from '@/components/ui/error-text'
import { IconButton } from '@/components/ui/icon-button'
import { ShortId } from '@/components/ui/short-id'
import { ContractSettingsDialog } from './contract-settings-dialog'
import { ContractTotals } from './contract-totals'
import { LanesView } from './lanes-view'
import { useLaneEvents } from './use-lane-events'

/** The timeline of one contract: its tasks as lanes, its events under them. */
export function ContractScreen({ contractId }: { contractId: string }) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const { data: contract } = useSuspenseQuery(trpc.contracts.get.queryOptions({ id: contractId }))
  const [filters, setFilters] = useQueryStates(eventFilterParsers, { history: 'push' })
  const [changing, setChanging] = useState(false)
  const scroller = useRef<HTMLDivElement>(null)
  const timeline = useTimeline({
    filters,
    scope: { contractId },
    isAtTop: () => (scroller.current?.scrollTop ?? 0) < 4,
    // New tasks and totals come with what happens.
    onEvent: () => void queryClient.invalidateQueries(trpc.contracts.get.queryFilter({ id: contractId })),
  })
  const { data: facets } = useSuspenseQuery(trpc.history.facets.queryOptions({ contractId }))
  const laneEvents = useLaneEvents(contractId)
  const star = useMutation(
    trpc.contracts.star.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.contracts.pathFilter()),
      onError: (error) => toast.error(describeError(error).detail),
    }),
  )
  const change = (next: Partial<EventFilters>) => void setFilters(next)
  const starred = star.isPending ? star.variables.starred : contract.starred
  return (
    <>
      <PageHeader
        crumbs={[{ href: '/contracts', label: 'Contracts' }]}
        title={contract.name}
        actions={
          <>
            <ShortId id={contract.id} what="Contract id" />
            <IconButton
              icon={Download}
              label="Save as a file for another Makima"
              onClick={() => window.location.assign(`/api/v1/contracts/${contract.id}/export`)}
            />
            <IconButton icon={SlidersHorizontal} label="Phase and limits" onClick={() => setChanging(true)} />
            <IconButton
              icon={Star}
              label={starred ? 'Unstar' : 'Star'}
              aria-pressed={starred}
              onClick={() => star.mutate({ id: contract.id, starred: !starred })}
              className={starred ? '!text-plan [&_svg]:fill-current' : undefined}
            />
            <ForgetButton kind="contract" id={contract.id} then="/contracts" />
          </>
        }
      >
        {contract.goal && contract.goal !== contract.name && (
          <p className="-mt-1 line-clamp-2 pb-1 text-sm text-ink-2">{contract.goal}</p>
        )}
        <ContractTotals contract={contract} />
      </PageHeader>
      {changing && <ContractSettingsDialog contract={contract} open onClose={() => setChanging(false)} />}
      <InterruptedBanner contract={contract} />
      <LanesView
        tasks={contract.tasks}
        events={laneEvents.events}
        from={filters.from}
        to={filters.to}
        onSelect={change}
      />
      <div className="border-b border-line">
        <FilterBar filters={filters} facets={facets} totalCount={timeline.totalCount} onChange={change} />
      </div>
      {timeline.events.length === 0 ? (
        <EmptyState title="No event fits">Widen the time or take a filter off.</EmptyState>
      ) : (
        <EventList
          key={JSON.stringify(filters)}
          scroller={scroller}
          events={timeline.events}
          fresh={timeline.fresh}
          runs={false}
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
