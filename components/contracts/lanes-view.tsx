'use client'
import { useVirtualizer } from '@tanstack/react-virtual'
import { GitFork } from 'lucide-react'
import Link from 'next/link'
import { type PointerEvent, useMemo, useRef, useState } from 'react'
import type { EventView, TaskView } from '@/server/services/views'
import { describeEvent } from '@/components/timeline/event-sentence'
import { cx } from '@/components/ui/cx'
import { formatDuration, formatExact } from '@/components/ui/format'
import { useWidth } from '@/components/ui/use-width'
import { buildLanes } from './lanes'
import { LaneTrack } from './lane-track'
import { StatusDot } from './status-dot'

const ROW = 26
const HEAD = 20
const PAD = 12

/** Tasks as lanes over time. Drag along it and the list under it follows. */
export function LanesView({
  tasks,
  events,
  from,
  to,
  onSelect,
}: {
  tasks: TaskView[]
  events: EventView[]
  from: Date | null
  to: Date | null
  onSelect: (range: { from: Date | null; to: Date | null }) => void
}) {
  const track = useRef<HTMLDivElement>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const width = useWidth(track)
  const picture = useMemo(() => {
    const laneEvents = events.map((event) => {
      const told = describeEvent(event)
      const { id, eventType, taskId, phase, createdAt } = event
      return { id, eventType, taskId, phase, createdAt, href: told.href, label: `${told.lead} ${told.text}` }
    })
    return buildLanes(tasks, laneEvents, Math.max(0, width - 2 * PAD))
  }, [tasks, events, width])
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null)
  const [hover, setHover] = useState<number | null>(null)
  const { scale, lanes, phases, joins } = picture
  const virtualizer = useVirtualizer({
    count: lanes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 10,
  })
  const place = (event: PointerEvent) => event.clientX - event.currentTarget.getBoundingClientRect().left
  const chosen = drag
    ? { x1: Math.min(drag.from, drag.to) - PAD, x2: Math.max(drag.from, drag.to) - PAD }
    : from || to
      ? { x1: from ? scale.place(from) : 0, x2: to ? scale.place(to) : width - 2 * PAD }
      : null
  return (
    <section aria-label="Tasks over time" className="shrink-0 border-b border-line">
      <div ref={scroller} tabIndex={0} role="region" aria-label="Lanes" className="max-h-[34dvh] overflow-y-auto">
        <div className="relative flex" style={{ height: HEAD + virtualizer.getTotalSize() + 4 }}>
          <ol className="relative w-60 shrink-0 border-r border-line max-sm:w-28" style={{ marginTop: HEAD }}>
            {virtualizer.getVirtualItems().map((item) => {
              const lane = lanes[item.index]
              const task = tasks.find((each) => each.id === lane?.task.id)
              if (!lane || !task) return null
              return (
                <li
                  key={item.key}
                  className="absolute inset-x-0 flex items-center gap-1.5 pr-2 text-xs"
                  style={{ top: item.start, height: ROW, paddingLeft: 16 + Math.min(lane.depth, 6) * 12 }}
                >
                  <StatusDot status={task.status} />
                  {task.forkedFromTaskId && <GitFork size={11} aria-label="Fork" className="shrink-0 text-execute" />}
                  <Link
                    href={`/tasks/${task.id}`}
                    prefetch={false}
                    title={`${task.name}: ${task.status}`}
                    className={cx('truncate hover:underline', task.isSupervisor && 'font-semibold')}
                  >
                    {task.name}
                  </Link>
                </li>
              )
            })}
          </ol>
          <div
            ref={track}
            className="relative min-w-0 flex-1 cursor-crosshair touch-pan-y overflow-hidden select-none"
            onPointerDown={(event) => {
              if ((event.target as Element).closest('a')) return
              event.currentTarget.setPointerCapture(event.pointerId)
              setDrag({ from: place(event), to: place(event) })
            }}
            onPointerMove={(event) => {
              const x = place(event)
              setHover(x)
              setDrag((current) => current && { ...current, to: x })
            }}
            onPointerLeave={() => setHover(null)}
            onPointerCancel={() => setDrag(null)}
            onPointerUp={(event) => {
              if (!drag) return
              const end = place(event)
              setDrag(null)
              if (Math.abs(end - drag.from) < 4) onSelect({ from: null, to: null })
              else
                onSelect({
                  from: scale.at(Math.min(end, drag.from) - PAD),
                  to: scale.at(Math.max(end, drag.from) - PAD),
                })
            }}
          >
            {phases.map((band) => (
              <div
                key={`${band.phase}${band.x1}`}
                className="absolute top-2 h-1 rounded-full"
                title={band.phase}
                style={{
                  left: band.x1 + PAD,
                  width: Math.max(2, band.x2 - band.x1 - 1),
                  background: `var(--${band.phase})`,
                }}
              />
            ))}
            {scale.breaks.map((gap) => (
              <div
                key={gap.x}
                title={`${formatDuration(gap.ms)} without anything`}
                className="absolute inset-y-2 border-l border-dashed border-line"
                style={{ left: gap.x + PAD }}
              />
            ))}
            <svg aria-hidden width={width} height="100%" className="absolute inset-0 overflow-visible">
              <g transform={`translate(${PAD} ${HEAD})`}>
                {joins.map((join) => (
                  <path
                    key={`${join.from}-${join.to}`}
                    d={`M${join.x} ${join.from * ROW + ROW / 2} V${join.to * ROW + ROW / 2}`}
                    stroke={join.kind === 'fork' ? 'var(--execute)' : 'var(--line-strong)'}
                    strokeDasharray={join.kind === 'fork' ? '3 2' : undefined}
                    opacity={0.6}
                    fill="none"
                  />
                ))}
              </g>
            </svg>
            {virtualizer.getVirtualItems().map((item) => {
              const lane = lanes[item.index]
              return lane ? (
                <LaneTrack key={item.key} lane={lane} top={HEAD + item.start} height={ROW} offset={PAD} />
              ) : null
            })}
            {chosen && (
              <div
                className="pointer-events-none absolute inset-y-0 border-x border-accent bg-accent-solid/10"
                style={{ left: chosen.x1 + PAD, width: Math.max(1, chosen.x2 - chosen.x1) }}
              />
            )}
            {hover !== null && !drag && (
              <div className="pointer-events-none absolute inset-y-0 w-px bg-line-strong" style={{ left: hover }} />
            )}
          </div>
        </div>
      </div>
      <p className="tabular flex h-6 items-center justify-between gap-3 border-t border-line px-4 text-2xs text-ink-3">
        <span className="truncate">{formatExact(hover !== null ? scale.at(hover - PAD) : scale.from)}</span>
        <span className="max-sm:hidden">
          {hover === null ? 'Drag over the lanes to look at a stretch of time' : ''}
        </span>
        <span className="truncate max-sm:hidden">{formatExact(scale.to)}</span>
      </p>
    </section>
  )
}
