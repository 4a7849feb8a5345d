'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTRPC, useTRPCClient } from '@/components/trpc'
import { EmptyState } from '@/components/ui/empty-state'
import { ErrorState } from '@/components/ui/error-state'
import { PagedList } from '@/components/ui/paged-list'
import { SkeletonRows } from '@/components/ui/skeleton-rows'
import { useOperationDialog } from './operation-dialogs'
import { OperationRow } from './operation-row'

/** Every operation, newest first. */
export function OperationLog() {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const ask = useOperationDialog()
  const log = useInfiniteQuery({
    queryKey: [...trpc.operations.list.queryKey({}), 'pages'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      client.operations.list.query(pageParam ? { cursor: pageParam } : {}, { signal }),
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: (query) => {
      const newest = query.state.data?.pages[0]?.entries ?? []
      return newest.some((each) => each.state === 'queued' || each.state === 'running') ? 1_000 : 15_000
    },
  })
  const operations = useMemo(() => log.data?.pages.flatMap((page) => page.entries) ?? [], [log.data])
  if (log.isError) return <ErrorState error={log.error} onRetry={() => void log.refetch()} />
  if (!log.data) return <SkeletonRows rows={12} height={52} label="Loading the log" />
  if (operations.length === 0) {
    return (
      <EmptyState title="Nothing was asked for yet">
        Rewinds, forks, branches and checkpoints are listed here, each with its result and a way to undo it.
      </EmptyState>
    )
  }
  return (
    <PagedList
      label="Operations, newest first"
      count={operations.length}
      rowHeight={52}
      keyOf={(index) => operations[index]?.id ?? index}
      hasMore={log.hasNextPage}
      loadingMore={log.isFetchingNextPage}
      onMore={() => void log.fetchNextPage()}
      render={(index) => {
        const operation = operations[index]
        return operation ? (
          <OperationRow
            operation={operation}
            onUndo={() => ask({ kind: 'undo', operationId: operation.id, summary: operation.summary })}
          />
        ) : null
      }}
    />
  )
}
