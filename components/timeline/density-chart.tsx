'use client'
import { type PointerEvent, useMemo, useRef, useState } from 'react'
import type { DensityView } from '@/server/services/views'
import { formatDay, formatNoun } from '@/components/ui/format'
import { useWidth } from '@/components/ui/use-width'
import { buildDensityBars, selectRange } from './density-bars'

const HEIGHT = 36

/** How much happened when. Drag over it to look at a stretch of time; the time filter does the same by keyboard. */
export function DensityChart({
  density,
  from,
  to,
  onSelect,
}: {
  density: DensityView
  from: Date | null
  to: Date | null
  onSelect: (range: { from: Date; to: Date }) => void
}) {
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const bars = useMemo(() => buildDensityBars(density.days, { width, height: HEIGHT }), [density.days, width])
  const [hover, setHover] = useState<number | null>(null)
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null)
  const place = (event: PointerEvent) => event.clientX - event.currentTarget.getBoundingClientRect().left
  const hovered = hover === null ? null : bars.find((bar) => hover >= bar.x && hover < bar.x + bar.width)
  const chosen = (bar: { from: Date; to: Date }) => (!from || bar.to > from) && (!to || bar.from < to)
  const now = new Date()
  const span = hovered && formatSpan(hovered.from, hovered.to, now)
  return (
    <div className="relative px-4 pt-2 pb-1">
      <div
        ref={box}
        className="relative touch-pan-y select-none"
        style={{ height: HEIGHT }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          setDrag({ from: place(event), to: place(event) })
        }}
        onPointerMove={(event) => {
          setHover(place(event))
          setDrag((current) => current && { ...current, to: place(event) })
        }}
        onPointerLeave={() => setHover(null)}
        onPointerCancel={() => setDrag(null)}
        onPointerUp={(event) => {
          const range = drag && selectRange(bars, drag.from, place(event))
          setDrag(null)
          if (range) onSelect(range)
        }}
      >
        <svg
          role="img"
          aria-label={`Events over time: ${formatNoun(density.days.length, 'day')} with events`}
          width="100%"
          height={HEIGHT}
          className="block"
        >
          <line x1={0} x2="100%" y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} stroke="var(--line)" />
          {bars.map((bar) => (
            <rect
              key={bar.x}
              x={bar.x}
              y={HEIGHT - bar.height}
              width={Math.max(1, bar.width - 1)}
              height={bar.height}
              fill={bar === hovered ? 'var(--accent)' : 'var(--accent-solid)'}
              opacity={chosen(bar) ? 0.85 : 0.25}
            />
          ))}
          {drag && Math.abs(drag.to - drag.from) > 3 && (
            <rect
              x={Math.min(drag.from, drag.to)}
              y={0}
              width={Math.abs(drag.to - drag.from)}
              height={HEIGHT}
              fill="var(--accent)"
              opacity={0.15}
            />
          )}
        </svg>
        {hovered && (
          <div
            className="pointer-events-none absolute top-full z-20 mt-1 -translate-x-1/2 rounded-md border border-line bg-raised px-2 py-0.5 text-xs whitespace-nowrap shadow-lift"
            style={{ left: Math.min(Math.max(hovered.x + hovered.width / 2, 70), Math.max(width - 70, 70)) }}
          >
            {span}: {formatNoun(hovered.total, 'event')}
          </div>
        )}
      </div>
    </div>
  )
}

function formatSpan(from: Date, to: Date, now: Date): string {
  const last = new Date(to.getTime() - 1)
  const first = formatDay(from, now)
  return to.getTime() - from.getTime() <= 86_400_000 ? first : `${first} – ${formatDay(last, now)}`
}
