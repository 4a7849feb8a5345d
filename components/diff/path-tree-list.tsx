'use client'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ChevronRight, FileText } from 'lucide-react'
import { type ReactNode, useMemo, useRef, useState } from 'react'
import { cx } from '@/components/ui/cx'
import { buildPathTree } from './path-tree'

/** Paths as a tree that can be folded; windowed. */
export function PathTreeList<T extends { path: string; additions?: number; deletions?: number }>({
  label,
  files,
  selected,
  onSelect,
  extra,
  initiallyClosed = false,
}: {
  label: string
  files: readonly T[]
  selected: string | null
  onSelect: (path: string) => void
  extra: (file: T) => ReactNode
  initiallyClosed?: boolean
}) {
  const scroller = useRef<HTMLDivElement>(null)
  const [closed, setClosed] = useState<ReadonlySet<string>>(() =>
    initiallyClosed
      ? new Set(buildPathTree(files).flatMap((row) => (row.kind === 'folder' ? [row.path] : [])))
      : new Set(),
  )
  const rows = useMemo(() => buildPathTree(files, closed), [files, closed])
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 26,
    overscan: 12,
  })
  const toggle = (path: string) => {
    const next = new Set(closed)
    if (!next.delete(path)) next.add(path)
    setClosed(next)
  }
  return (
    <div ref={scroller} tabIndex={0} role="region" aria-label={label} className="min-h-0 flex-1 overflow-y-auto py-1">
      <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const row = rows[item.index]
          if (!row) return null
          const indent = { paddingLeft: 12 + row.depth * 14 }
          return (
            <div
              key={`${row.kind}${row.path}`}
              className="absolute inset-x-0 top-0"
              style={{ height: item.size, transform: `translateY(${item.start}px)` }}
            >
              {row.kind === 'folder' ? (
                <button
                  type="button"
                  aria-expanded={!closed.has(row.path)}
                  onClick={() => toggle(row.path)}
                  style={indent}
                  className="flex h-full w-full items-center gap-1.5 pr-3 text-left text-xs text-ink-2 -outline-offset-2 hover:bg-hover"
                >
                  <ChevronRight
                    size={12}
                    aria-hidden
                    className={cx('shrink-0 text-ink-3', !closed.has(row.path) && 'rotate-90')}
                  />
                  <span className="truncate" title={row.path}>
                    {row.name}
                  </span>
                </button>
              ) : (
                <button
                  type="button"
                  aria-current={row.path === selected ? 'true' : undefined}
                  onClick={() => onSelect(row.path)}
                  style={indent}
                  className={cx(
                    'flex h-full w-full items-center gap-1.5 pr-3 text-left text-xs -outline-offset-2',
                    row.path === selected ? 'bg-accent-soft' : 'hover:bg-hover',
                  )}
                >
                  <FileText size={12} aria-hidden className="shrink-0 text-ink-3" />
                  <span className="min-w-0 flex-1 truncate" title={row.path}>
                    {row.name}
                  </span>
                  {extra(row.file)}
                </button>
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}
