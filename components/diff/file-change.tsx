'use client'
import { useQuery } from '@tanstack/react-query'
import { ChevronDown } from 'lucide-react'
import { memo, useState } from 'react'
import type { ChangedFile } from '@/server/services/views'
import { useTRPC } from '@/components/trpc'
import { Button } from '@/components/ui/button'
import { copyText } from '@/components/ui/copy-text'
import { cx } from '@/components/ui/cx'
import { describeError } from '@/components/ui/error-text'
import { formatNoun } from '@/components/ui/format'
import { PlusMinus } from '@/components/ui/plus-minus'
import { Skeleton } from '@/components/ui/skeleton'
import { PatchView } from './patch-view-lazy'
import { StatusLetter } from './status-letter'

/** More changed lines than this wait for a click. */
const LARGE = 1_500

/** One changed file: its head, and its lines once they are in sight. */
export const FileChange = memo(function FileChange({
  checkpointId,
  against,
  file,
  view,
}: {
  checkpointId: string
  against: string
  file: ChangedFile
  view: 'unified' | 'split'
}) {
  const trpc = useTRPC()
  const lines = file.additions + file.deletions
  const [open, setOpen] = useState(true)
  const [wanted, setWanted] = useState(lines <= LARGE)
  const patch = useQuery(
    trpc.checkpoints.patch.queryOptions(
      { id: checkpointId, against, path: file.path },
      {
        enabled: wanted && open && !file.binary,
        staleTime: against === 'worktree' ? 5_000 : Number.POSITIVE_INFINITY,
        retry: false,
      },
    ),
  )
  return (
    <section aria-label={file.path} className="overflow-hidden rounded-md border border-line bg-canvas">
      <header className="flex min-h-8 items-center gap-2 border-b border-line bg-raised pr-2">
        <button
          type="button"
          aria-expanded={open}
          aria-label={`${open ? 'Fold' : 'Unfold'} ${file.path}`}
          onClick={() => setOpen(!open)}
          className="flex size-8 shrink-0 items-center justify-center text-ink-3 hover:text-ink"
        >
          <ChevronDown size={14} aria-hidden className={cx(!open && '-rotate-90')} />
        </button>
        <StatusLetter status={file.status} />
        <button
          type="button"
          title="Copy the path"
          onClick={() => void copyText(file.path, 'Path')}
          className="min-w-0 truncate font-mono text-xs hover:underline"
        >
          {file.oldPath && file.oldPath !== file.path ? `${file.oldPath} → ${file.path}` : file.path}
        </button>
        <PlusMinus additions={file.additions} deletions={file.deletions} className="ml-auto" />
      </header>
      {open && (
        <div className="text-sm">
          {file.binary || patch.data?.binary ? (
            <Note>A binary file; its bytes differ.</Note>
          ) : !wanted ? (
            <Note>
              {formatNoun(lines, 'line')} changed.{' '}
              <Button className="ml-2" onClick={() => setWanted(true)}>
                Show them
              </Button>
            </Note>
          ) : patch.isError ? (
            <Note>
              <span className="text-del">{describeError(patch.error).detail}</span>{' '}
              <Button className="ml-2" onClick={() => void patch.refetch()}>
                Try again
              </Button>
            </Note>
          ) : !patch.data ? (
            <div style={{ height: Math.min(400, (lines + 6) * 18) }} className="p-3">
              <Skeleton className="h-full w-full" />
            </div>
          ) : patch.data.tooLarge || patch.data.patch === null ? (
            <Note>Too large to be shown here. Use git with the commit above.</Note>
          ) : patch.data.patch.trim() === '' || !patch.data.patch.includes('@@') ? (
            <Note>
              {file.status === 'renamed'
                ? 'Moved without changes.'
                : 'No lines differ; the mode or kind of the file does.'}
            </Note>
          ) : (
            <PatchView patch={patch.data.patch} view={view} id={`${checkpointId} ${against} ${file.path}`} />
          )}
        </div>
      )}
    </section>
  )
})

function Note({ children }: { children: React.ReactNode }) {
  return <p className="px-3 py-2 text-xs text-ink-2">{children}</p>
}
