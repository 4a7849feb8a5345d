'use client'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useRef } from 'react'

/** A windowed list of rows of one height that keeps the current one in sight. */
export function RailList({
  label,
  count,
  rowHeight,
  current,
  render,
}: {
  label: string
  count: number
  rowHeight: number
  /** The row to keep in sight; -1 for none. */
  current: number
  render: (index: number) => ReactNode
}) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 6,
  })
  useEffect(() => {
    if (current >= 0) virtualizer.scrollToIndex(current, { align: 'auto' })
  }, [current, virtualizer])
  return (
    <div ref={scroller} tabIndex={0} role="region" aria-label={label} className="min-h-0 flex-1 overflow-y-auto">
      <ul className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => (
          <li
            key={item.key}
            aria-current={item.index === current ? 'true' : undefined}
            className="absolute inset-x-0 top-0"
            style={{ height: item.size, transform: `translateY(${item.start}px)` }}
          >
            {render(item.index)}
          </li>
        ))}
      </ul>
    </div>
  )
}
