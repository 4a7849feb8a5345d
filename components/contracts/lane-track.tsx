import Link from 'next/link'
import { memo } from 'react'
import type { Lane, MarkKind } from './lanes'

const MARK_LOOK: Record<MarkKind, string> = {
  checkpoint: 'size-2 rotate-45 bg-execute hover:scale-150',
  rewind: 'size-2 rounded-full border-2 border-plan bg-canvas',
  compaction: 'h-3 w-0.5 bg-ink-3',
  prompt: 'h-2 w-px bg-accent',
}

/** One lane: the time the task took, with what happened marked on it. Marks closer than a pixel are drawn once. */
export const LaneTrack = memo(function LaneTrack({
  lane,
  top,
  height,
  offset,
}: {
  lane: Lane
  top: number
  height: number
  offset: number
}) {
  const drawn = new Set<string>()
  return (
    <div className="absolute inset-x-0" style={{ top, height }}>
      <div
        className="absolute top-1/2 h-1.5 -translate-y-1/2 rounded-full bg-line"
        style={{ left: lane.x1 + offset, width: Math.max(3, lane.x2 - lane.x1) }}
      />
      {lane.marks.map((mark) => {
        const key = `${mark.kind}${Math.round(mark.x)}`
        if (drawn.has(key)) return null
        drawn.add(key)
        const look = <span className={`block ${MARK_LOOK[mark.kind]}`} />
        const place = { left: mark.x + offset, top: '50%' }
        return mark.kind === 'checkpoint' && mark.href ? (
          <Link
            key={mark.id}
            href={mark.href}
            prefetch={false}
            tabIndex={-1}
            aria-label={mark.label}
            title={mark.label}
            className="absolute z-10 -translate-x-1/2 -translate-y-1/2 p-1"
            style={place}
          >
            {look}
          </Link>
        ) : (
          <span key={mark.id} title={mark.label} className="absolute -translate-x-1/2 -translate-y-1/2" style={place}>
            {look}
          </span>
        )
      })}
    </div>
  )
})
