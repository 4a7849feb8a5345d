'use client'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef } from 'react'
import type { PlanFileView, PlanView } from '@/server/services/views'
import { cx } from '@/components/ui/cx'
import { formatCount } from '@/components/ui/format'
import { ACTION_WORDS, buildPlanRows, type PlanRow } from './plan-groups'

const ROW = 24

const TONES: Record<PlanFileView['action'], string> = {
  restore: 'text-execute',
  recreate: 'text-add',
  delete: 'text-del',
  keep: 'text-ink-3',
}

/** The paths of a plan grouped by what happens to each; windowed, because there may be thousands. */
export function PlanFiles({
  files,
  totals,
  cut,
}: {
  files: PlanFileView[]
  totals: PlanView['fileTotals']
  cut: boolean
}) {
  const rows = useMemo(() => buildPlanRows(files, totals), [files, totals])
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    initialRect: { width: 600, height: 260 },
    overscan: 12,
  })
  if (rows.length === 0) return <p className="text-sm text-ink-2">No file changes.</p>
  return (
    <div className="overflow-hidden rounded-md border border-line">
      <div
        ref={scroller}
        tabIndex={0}
        role="region"
        aria-label="Files"
        className="max-h-[260px] overflow-y-auto"
        style={{ height: Math.min(260, rows.length * ROW) }}
      >
        <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => {
            const row = rows[item.index]
            return row ? (
              <div
                key={item.key}
                className="absolute inset-x-0 flex h-6"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <PlanRowView row={row} />
              </div>
            ) : null
          })}
        </div>
      </div>
      {cut && (
        <p className="border-t border-line px-3 py-1 text-xs text-ink-2">
          The list is cut; the counts are whole, and all of them are part of the plan.
        </p>
      )}
    </div>
  )
}

function PlanRowView({ row }: { row: PlanRow }) {
  if (row.kind === 'heading') {
    return (
      <div className="flex w-full items-center gap-2 bg-panel px-3 text-xs font-medium">
        <span className={TONES[row.action]}>{ACTION_WORDS[row.action].title}</span>
        <span className="tabular text-ink-2">{formatCount(row.total)}</span>
      </div>
    )
  }
  return (
    <div className="flex w-full min-w-0 items-center gap-2 px-3 text-xs" title={row.file.path}>
      <span aria-hidden className={cx('w-3 shrink-0 text-center font-mono', TONES[row.file.action])}>
        {ACTION_WORDS[row.file.action].sign}
      </span>
      <code className="truncate">{row.file.path}</code>
      {row.file.reason && <span className="ml-auto truncate text-ink-2">{row.file.reason}</span>}
    </div>
  )
}
