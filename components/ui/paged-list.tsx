'use client'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useRef } from 'react'
import { useListKeys } from './use-list-keys'

/** A windowed list of rows of one height that asks for more as its end comes near. */
export function PagedList({
  label,
  count,
  rowHeight,
  keyOf,
  hasMore,
  loadingMore,
  onMore,
  render,
}: {
  label: string
  count: number
  rowHeight: number
  keyOf: (index: number) => string | number
  hasMore: boolean
  loadingMore: boolean
  onMore: () => void
  render: (index: number) => ReactNode
}) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: keyOf,
    overscan: 8,
  })
  const items = virtualizer.getVirtualItems()
  const nearEnd = hasMore && !loadingMore && (items.at(-1)?.index ?? 0) > count - 15
  useEffect(() => {
    if (nearEnd) onMore()
  })
  useListKeys({
    root: scroller,
    count,
    scrollTo: (index) => virtualizer.scrollToIndex(index, { align: 'auto' }),
    firstVisible: () => items.find((item) => item.end > (virtualizer.scrollOffset ?? 0))?.index ?? 0,
  })
  return (
    <div ref={scroller} tabIndex={0} role="region" aria-label={label} className="min-h-0 flex-1 overflow-y-auto">
      <ul className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => (
          <li
            key={item.key}
            data-row={item.index}
            className="absolute inset-x-0 top-0 border-b border-line"
            style={{ height: item.size, transform: `translateY(${item.start}px)` }}
          >
            {render(item.index)}
          </li>
        ))}
      </ul>
    </div>
  )
}
