'use client'
import type { UseQueryResult } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef } from 'react'
import type { ChangedFile, DiffView } from '@/server/services/views'
import { EmptyState } from '@/components/ui/empty-state'
import { ErrorState } from '@/components/ui/error-state'
import { PlusMinus } from '@/components/ui/plus-minus'
import { SkeletonRows } from '@/components/ui/skeleton-rows'
import { FileChange } from './file-change'
import { buildPathTree } from './path-tree'
import { PathTreeList } from './path-tree-list'
import { DiffWorkers } from './diff-workers-lazy'
import { StatusLetter } from './status-letter'

/** The tree of what changed, and beside it file after file. Only files in sight are loaded. */
export function ChangesPanel({
  checkpointId,
  against,
  view,
  diff,
  selected,
  onSelect,
}: {
  checkpointId: string
  against: string
  view: 'unified' | 'split'
  diff: UseQueryResult<DiffView, unknown>
  selected: string | null
  onSelect: (path: string) => void
}) {
  if (diff.isError) return <ErrorState error={diff.error} onRetry={() => void diff.refetch()} />
  if (!diff.data) return <SkeletonRows rows={14} height={36} label="Loading the changes" />
  if (diff.data.files.length === 0) {
    return <EmptyState title="Nothing differs">The files are the same on both sides.</EmptyState>
  }
  return (
    <div className="flex min-h-0 flex-1">
      <nav
        aria-label="Changed files"
        className="flex min-h-0 w-72 shrink-0 flex-col border-r border-line max-lg:hidden"
      >
        <PathTreeList
          key={`${checkpointId} ${against}`}
          label="Changed files"
          files={diff.data.files}
          selected={selected}
          onSelect={onSelect}
          extra={(file) => (
            <>
              <PlusMinus additions={file.additions} deletions={file.deletions} />
              <StatusLetter status={file.status} />
            </>
          )}
        />
      </nav>
      <DiffWorkers>
        <FileChanges
          key={`${checkpointId} ${against} ${view}`}
          checkpointId={checkpointId}
          against={against}
          view={view}
          files={diff.data.files}
          selected={selected}
        />
      </DiffWorkers>
    </div>
  )
}

function FileChanges({
  checkpointId,
  against,
  view,
  files,
  selected,
}: {
  checkpointId: string
  against: string
  view: 'unified' | 'split'
  files: ChangedFile[]
  selected: string | null
}) {
  const scroller = useRef<HTMLDivElement>(null)
  // In the order of the tree beside it.
  const ordered = useMemo(() => buildPathTree(files).flatMap((row) => (row.kind === 'file' ? [row.file] : [])), [files])
  const virtualizer = useVirtualizer({
    count: ordered.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => {
      const file = ordered[index]
      return 52 + Math.min(400, ((file?.additions ?? 0) + (file?.deletions ?? 0) + 6) * 18)
    },
    getItemKey: (index) => ordered[index]?.path ?? index,
    overscan: 1,
    paddingStart: 8,
  })
  const index = selected ? ordered.findIndex((file) => file.path === selected) : -1
  useEffect(() => {
    if (index >= 0) virtualizer.scrollToIndex(index, { align: 'start' })
  }, [index, virtualizer])
  return (
    <div
      ref={scroller}
      tabIndex={0}
      role="region"
      aria-label="Changes"
      className="min-h-0 min-w-0 flex-1 overflow-y-auto bg-panel [overflow-anchor:none]"
    >
      <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const file = ordered[item.index]
          return file ? (
            <div
              key={item.key}
              ref={virtualizer.measureElement}
              data-index={item.index}
              className="absolute inset-x-0 top-0 px-3 pb-3"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <FileChange checkpointId={checkpointId} against={against} file={file} view={view} />
            </div>
          ) : null
        })}
      </div>
    </div>
  )
}
