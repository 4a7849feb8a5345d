'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '@/components/trpc'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { ErrorState } from '@/components/ui/error-state'
import { formatBytes } from '@/components/ui/format'
import { Skeleton } from '@/components/ui/skeleton'
import { SkeletonRows } from '@/components/ui/skeleton-rows'
import { TextField } from '@/components/ui/text-field'
import { DiffWorkers } from './diff-workers-lazy'
import { FileText } from './file-text-lazy'
import { PathTreeList } from './path-tree-list'

/** All files as they were at a checkpoint. */
export function FilesPanel({
  checkpointId,
  selected,
  onSelect,
}: {
  checkpointId: string
  selected: string | null
  onSelect: (path: string | null) => void
}) {
  const trpc = useTRPC()
  const [search, setSearch] = useState('')
  const tree = useQuery(
    trpc.checkpoints.tree.queryOptions({ id: checkpointId }, { staleTime: Number.POSITIVE_INFINITY, retry: false }),
  )
  if (tree.isError) return <ErrorState error={tree.error} onRetry={() => void tree.refetch()} />
  if (!tree.data) return <SkeletonRows rows={16} height={26} label="Loading the files" />
  if (tree.data.files.length === 0)
    return <EmptyState title="No files">The folder was empty at that moment.</EmptyState>
  const words = search.trim().toLowerCase()
  const files =
    words === '' ? tree.data.files : tree.data.files.filter((file) => file.path.toLowerCase().includes(words))
  return (
    <div className="flex min-h-0 flex-1">
      <nav
        aria-label="Files"
        className={`flex min-h-0 w-72 shrink-0 flex-col border-r border-line max-lg:w-full ${selected ? 'max-lg:hidden' : ''}`}
      >
        <TextField
          label="Find a file"
          hideLabel
          placeholder="Find a file"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          className="p-2"
        />
        <PathTreeList
          key={words === '' ? 'all' : 'found'}
          label="Files at that moment"
          files={files}
          selected={selected}
          onSelect={onSelect}
          initiallyClosed={words === '' && files.length > 200}
          extra={(file) => <span className="tabular text-2xs text-ink-3">{formatBytes(file.size)}</span>}
        />
        {tree.data.cut && (
          <p className="border-t border-line px-3 py-1 text-xs text-ink-2">The list is cut: there are more files.</p>
        )}
      </nav>
      {selected ? (
        <OpenFile checkpointId={checkpointId} path={selected} onBack={() => onSelect(null)} />
      ) : (
        <div className="flex-1 max-lg:hidden">
          <EmptyState title="Choose a file to see it as it was" />
        </div>
      )}
    </div>
  )
}

function OpenFile({ checkpointId, path, onBack }: { checkpointId: string; path: string; onBack: () => void }) {
  const trpc = useTRPC()
  const file = useQuery(
    trpc.checkpoints.file.queryOptions(
      { id: checkpointId, path },
      { staleTime: Number.POSITIVE_INFINITY, retry: false },
    ),
  )
  return (
    <section aria-label={path} className="flex min-h-0 min-w-0 flex-1 flex-col">
      <header className="flex h-9 shrink-0 items-center gap-2 border-b border-line px-3">
        <Button className="lg:hidden" onClick={onBack}>
          All files
        </Button>
        <code className="min-w-0 truncate text-xs">{path}</code>
        {file.data && <span className="tabular ml-auto text-xs text-ink-3">{formatBytes(file.data.size)}</span>}
      </header>
      {file.isError ? (
        <ErrorState error={file.error} onRetry={() => void file.refetch()} />
      ) : !file.data ? (
        <div className="p-3">
          <Skeleton className="h-40 w-full" />
        </div>
      ) : file.data.text === null ? (
        <EmptyState title={file.data.tooLarge ? 'Too large to be shown here' : 'A binary file'} />
      ) : (
        <DiffWorkers>
          <FileText id={`${checkpointId} ${path}`} path={path} text={file.data.text} />
        </DiffWorkers>
      )}
    </section>
  )
}
