'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { ImportView } from '@/server/services/views'
import { useTRPC } from '@/components/trpc'
import { EmptyState } from '@/components/ui/empty-state'
import { ErrorState } from '@/components/ui/error-state'
import { formatNoun } from '@/components/ui/format'
import { RelativeTime } from '@/components/ui/relative-time'
import { SkeletonRows } from '@/components/ui/skeleton-rows'
import { ImportForm } from './import-form'
import { ImportProgressView } from './import-progress-view'
import { ImportReport } from './import-report'

type Totals = NonNullable<ImportView['totals']>

/** Brings history in, and tells what came of it. */
export function ImportsPanel({
  selected,
  onSelect,
}: {
  selected: string | null
  onSelect: (id: string | null) => void
}) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const list = useQuery(
    trpc.imports.list.queryOptions(undefined, {
      refetchInterval: (query) =>
        query.state.data?.some((each) => each.state === 'queued' || each.state === 'running') ? 800 : 10_000,
    }),
  )
  const started = (id: string) => {
    void queryClient.invalidateQueries(trpc.imports.pathFilter())
    onSelect(id)
  }
  return (
    <div className="mx-auto flex max-w-4xl flex-col gap-6 px-4 py-5">
      <ImportForm onStarted={started} />
      {list.isError ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : !list.data ? (
        <SkeletonRows rows={4} height={60} label="Loading the imports" />
      ) : list.data.length === 0 ? (
        <EmptyState title="Nothing was imported yet" />
      ) : (
        <ul className="flex flex-col gap-3">
          {list.data.map((view) => (
            <li key={view.id} className="rounded-lg border border-line p-3">
              <div className="flex items-baseline gap-3">
                <h2 className="min-w-0 flex-1 truncate font-mono text-xs" title={view.path ?? undefined}>
                  {view.path ?? 'the usual places'}
                </h2>
                <RelativeTime at={view.createdAt} className="text-xs text-ink-3" />
              </div>
              {view.state === 'queued' || view.state === 'running' || view.state === 'failed' ? (
                <ImportProgressView view={view} />
              ) : (
                <p className="tabular mt-1 text-xs text-ink-2">
                  {view.totals && tellTotals(view.totals, view.checkpoints)}
                </p>
              )}
              <button
                type="button"
                aria-expanded={selected === view.id}
                onClick={() => onSelect(selected === view.id ? null : view.id)}
                className="mt-1.5 text-xs text-accent hover:underline"
              >
                {selected === view.id ? 'Hide the report' : 'Show the report'}
              </button>
              {selected === view.id && <ImportReport id={view.id} live={view.state === 'running'} />}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function tellTotals({ sources, records, messages, toolCalls }: Totals, checkpoints: number): string {
  const counted: [number, string][] = [
    [sources, 'source'],
    [records, 'record'],
    [messages, 'message'],
    [toolCalls, 'tool call'],
    [checkpoints, 'checkpoint'],
  ]
  const told = counted.filter(([n]) => n > 0).map(([n, noun]) => formatNoun(n, noun))
  return told.join(', ') || 'Nothing new'
}
