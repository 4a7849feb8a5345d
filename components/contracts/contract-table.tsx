'use client'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import type { ContractView } from '@/server/services/views'
import { SkeletonRows } from '@/components/ui/skeleton-rows'
import { useHydrated } from '@/components/ui/use-hydrated'
import { useListKeys } from '@/components/ui/use-list-keys'
import { ContractRow } from './contract-row'
import { CONTRACT_COLUMNS } from './contract-columns'

/** A windowed table; on a phone the rows are cards. */
export function ContractTable({
  contracts,
  hasMore,
  loadingMore,
  onMore,
  onStar,
  onRename,
  pendingStar,
  pendingName,
}: {
  contracts: ContractView[]
  hasMore: boolean
  loadingMore: boolean
  onMore: () => void
  onStar: (id: string, starred: boolean) => void
  onRename: (id: string, name: string) => void
  /** Asked for and not yet answered: shown at once. */
  pendingStar: { id: string; starred: boolean } | null
  pendingName: { id: string; name: string } | null
}) {
  const hydrated = useHydrated()
  const scroller = useRef<HTMLDivElement>(null)
  const rowHeight = hydrated && window.matchMedia('(max-width: 767px)').matches ? 92 : 44
  const virtualizer = useVirtualizer({
    count: hydrated ? contracts.length : 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => contracts[index]?.id ?? index,
    overscan: 8,
  })
  const items = virtualizer.getVirtualItems()
  const nearEnd = hasMore && !loadingMore && (items.at(-1)?.index ?? 0) > contracts.length - 20
  useEffect(() => {
    if (nearEnd) onMore()
  })
  useListKeys({
    root: scroller,
    count: contracts.length,
    scrollTo: (index) => virtualizer.scrollToIndex(index, { align: 'auto' }),
    firstVisible: () => items.find((item) => item.end > (virtualizer.scrollOffset ?? 0))?.index ?? 0,
  })
  return (
    <div
      role="table"
      aria-label="Contracts"
      aria-rowcount={contracts.length + 1}
      className="flex min-h-0 flex-1 flex-col"
    >
      <div
        role="rowgroup"
        className="shrink-0 overflow-y-scroll border-b border-line [scrollbar-color:transparent_transparent] max-md:sr-only"
      >
        <div role="row" aria-rowindex={1} className={`${CONTRACT_COLUMNS} h-8 px-4 text-2xs font-medium text-ink-3`}>
          <span role="columnheader">
            <span className="sr-only">Starred</span>
          </span>
          <span role="columnheader">Name</span>
          <span role="columnheader">Phase</span>
          <span role="columnheader">Agents</span>
          <span role="columnheader" className="text-right">
            Tasks
          </span>
          <span role="columnheader">30 days</span>
          <span role="columnheader" className="text-right">
            Tokens
          </span>
          <span role="columnheader" className="text-right">
            Cost
          </span>
          <span role="columnheader" className="text-right">
            Last activity
          </span>
        </div>
      </div>
      {!hydrated && <SkeletonRows rows={12} height={44} label="Loading the contracts" />}
      <div
        ref={scroller}
        role="rowgroup"
        tabIndex={0}
        aria-label="Contracts"
        className="min-h-0 flex-1 overflow-y-scroll"
      >
        <div className="relative" role="presentation" style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const contract = contracts[item.index]
            if (!contract) return null
            return (
              <div
                key={item.key}
                role="row"
                aria-rowindex={item.index + 2}
                data-row={item.index}
                className="absolute inset-x-0 border-b border-line hover:bg-hover"
                style={{ height: item.size, transform: `translateY(${item.start}px)` }}
              >
                <ContractRow
                  contract={{
                    ...contract,
                    starred: pendingStar?.id === contract.id ? pendingStar.starred : contract.starred,
                    name: pendingName?.id === contract.id ? pendingName.name : contract.name,
                  }}
                  onStar={onStar}
                  onRename={onRename}
                />
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}
