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
    if (current < 0) return
    // With the next frame, and by what is known of rows of one height: asking the page would lay out all of it once more.
    const frame = requestAnimationFrame(() => {
      const place = findPlace(
        current * rowHeight,
        rowHeight,
        virtualizer.scrollOffset ?? 0,
        virtualizer.scrollRect?.height,
      )
      if (place !== null) scroller.current?.scrollTo({ top: place })
    })
    return () => cancelAnimationFrame(frame)
  }, [current, rowHeight, virtualizer])
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

/** Where to scroll so that a row is in sight; null when it is, or when nothing was drawn yet. */
function findPlace(top: number, height: number, offset: number, viewHeight: number | undefined): number | null {
  if (viewHeight === undefined || viewHeight === 0) return null
  if (top < offset) return top
  return top + height > offset + viewHeight ? top + height - viewHeight : null
}
