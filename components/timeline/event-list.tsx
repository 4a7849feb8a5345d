'use client'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowUp } from 'lucide-react'
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef } from 'react'
import type { EventView } from '@/server/services/views'
import { Button } from '@/components/ui/button'
import { SkeletonRows } from '@/components/ui/skeleton-rows'
import { useHydrated } from '@/components/ui/use-hydrated'
import { useListKeys } from '@/components/ui/use-list-keys'
import { DayHeading } from './day-heading'
import { EventRow } from './event-row'
import { RunHeading } from './run-heading'
import { buildTimelineRows, layOutRows, type TimelineRow } from './timeline-rows'

type More = { has: boolean; loading: boolean; load: () => unknown }

const WIDE = { day: 30, run: 28, event: 30 }
const NARROW = { day: 30, run: 32, event: 48 }

/** A windowed list of events whose rows have known heights, so nothing ever jumps. */
export function EventList({
  scroller,
  events,
  fresh,
  runs,
  older,
  newer,
  failed,
  waiting,
  onShowWaiting,
}: {
  scroller: RefObject<HTMLDivElement | null>
  events: EventView[]
  fresh: ReadonlySet<string>
  runs: boolean
  older: More
  newer: More
  failed: boolean
  waiting: number
  onShowWaiting: () => void
}) {
  const hydrated = useHydrated()
  const rows = useMemo(() => (hydrated ? buildTimelineRows(events, { runs }) : []), [events, runs, hydrated])
  const heights = hydrated && window.matchMedia('(max-width: 639px)').matches ? NARROW : WIDE
  const tops = useMemo(() => layOutRows(rows, heights), [rows, heights])
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heights[rows[index]?.kind ?? 'event'],
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 12,
  })
  const items = virtualizer.getVirtualItems()
  const firstItem = items.find((item) => item.end > (virtualizer.scrollOffset ?? 0))
  const firstIndex = firstItem?.index ?? 0
  const lastIndex = items.at(-1)?.index ?? 0

  useStayInPlace(scroller, rows, tops)
  const loadOlder = older.has && !older.loading && !failed && lastIndex > rows.length - 30
  const loadNewer = newer.has && !newer.loading && !failed && firstIndex < 20
  useEffect(() => {
    if (loadOlder) void older.load()
    else if (loadNewer) void newer.load()
  })
  useListKeys({
    root: scroller,
    count: rows.length,
    isRow: (index) => rows[index]?.kind === 'event',
    scrollTo: (index) => virtualizer.scrollToIndex(index, { align: 'auto' }),
    firstVisible: () => firstIndex,
  })

  const day = rows.slice(0, firstIndex + 1).findLast((row) => row.kind === 'day')
  return (
    <div className="relative min-h-0 flex-1">
      {!hydrated && <SkeletonRows rows={24} height={30} label="Loading events" />}
      {day?.kind === 'day' && (
        <div aria-hidden className="absolute inset-x-0 top-0 z-10 h-[30px] pr-2">
          <DayHeading at={day.at} />
        </div>
      )}
      <div
        ref={scroller}
        tabIndex={0}
        role="region"
        aria-label="Events, newest first"
        aria-busy={older.loading || newer.loading}
        className="h-full overflow-y-auto [overflow-anchor:none]"
      >
        <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index]
            return row ? (
              <div
                key={item.key}
                data-row={item.index}
                className="absolute inset-x-0"
                style={{ height: item.size, transform: `translateY(${item.start}px)` }}
              >
                <Row row={row} fresh={fresh} />
              </div>
            ) : null
          })}
        </div>
        <ListEnd older={older} failed={failed} empty={rows.length === 0} />
      </div>
      <div aria-live="polite" className="pointer-events-none absolute inset-x-0 top-9 z-20 flex justify-center">
        {waiting > 0 && (
          <Button
            variant="primary"
            className="pointer-events-auto shadow-lift"
            onClick={() => {
              onShowWaiting()
              scroller.current?.scrollTo({ top: 0 })
            }}
          >
            <ArrowUp size={13} aria-hidden /> {waiting} new
          </Button>
        )}
      </div>
    </div>
  )
}

function Row({ row, fresh }: { row: TimelineRow; fresh: ReadonlySet<string> }) {
  switch (row.kind) {
    case 'day':
      return <DayHeading at={row.at} />
    case 'run':
      return <RunHeading contractId={row.contractId} name={row.name} agent={row.agent} />
    case 'event':
      return (
        <article
          aria-label={`${row.event.eventType} in ${row.event.taskName ?? row.event.contractName ?? 'Makima'}`}
          className="h-full"
        >
          <EventRow event={row.event} showTask fresh={fresh.has(row.event.id)} />
        </article>
      )
  }
}

function ListEnd({ older, failed, empty }: { older: More; failed: boolean; empty: boolean }) {
  if (empty) return null
  return (
    <div className="flex h-12 items-center justify-center text-xs text-ink-3">
      {failed ? (
        <Button onClick={() => older.load()}>Loading failed: try again</Button>
      ) : older.loading ? (
        'Loading older events'
      ) : older.has ? null : (
        'The beginning'
      )}
    </div>
  )
}

/** When rows come in above, what is being read stays where it is; at the very top new rows may push. */
function useStayInPlace(scroller: RefObject<HTMLDivElement | null>, rows: TimelineRow[], tops: number[]) {
  const before = useRef<{ rows: TimelineRow[]; tops: number[] }>({ rows, tops })
  useLayoutEffect(() => {
    const { rows: oldRows, tops: oldTops } = before.current
    before.current = { rows, tops }
    const element = scroller.current
    if (!element || oldRows === rows || element.scrollTop < 4) return
    const seen = oldTops.findIndex((top) => top > element.scrollTop) - 1
    const anchor = oldRows.slice(Math.max(0, seen)).find((row) => row.kind === 'event')
    if (!anchor) return
    const from = oldTops[oldRows.indexOf(anchor)] ?? 0
    const index = rows.findIndex((row) => row.key === anchor.key)
    if (index >= 0) element.scrollTop += (tops[index] ?? 0) - from
  }, [rows, tops, scroller])
}
