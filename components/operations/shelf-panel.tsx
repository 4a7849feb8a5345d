'use client'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { toast } from '@/components/ui/toast'
import type { ShelfItemView } from '@/server/services/views'
import { useTRPC, useTRPCClient } from '@/components/trpc'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { ErrorState } from '@/components/ui/error-state'
import { describeError } from '@/components/ui/error-text'
import { formatBytes, formatNoun } from '@/components/ui/format'
import { Modal } from '@/components/ui/modal'
import { PagedList } from '@/components/ui/paged-list'
import { SkeletonRows } from '@/components/ui/skeleton-rows'
import { useOperationDialog } from './operation-dialogs'
import { ShelfRow } from './shelf-row'

/** What rewinds left behind; only a person empties it. */
export function ShelfPanel() {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const queryClient = useQueryClient()
  const ask = useOperationDialog()
  const [emptying, setEmptying] = useState<ShelfItemView | null>(null)
  const shelf = useInfiniteQuery({
    queryKey: [...trpc.shelf.list.queryKey({}), 'pages'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => client.shelf.list.query(pageParam ? { cursor: pageParam } : {}, { signal }),
    getNextPageParam: (page) => page.nextCursor,
  })
  const empty = useMutation(
    trpc.shelf.empty.mutationOptions({
      onSuccess: () => {
        setEmptying(null)
        void queryClient.invalidateQueries(trpc.shelf.pathFilter())
      },
      onError: (error) => toast.error(describeError(error).detail),
    }),
  )
  const items = useMemo(() => shelf.data?.pages.flatMap((page) => page.entries) ?? [], [shelf.data])
  if (shelf.isError) return <ErrorState error={shelf.error} onRetry={() => void shelf.refetch()} />
  if (!shelf.data) return <SkeletonRows rows={8} height={52} label="Loading the shelf" />
  if (items.length === 0) {
    return (
      <EmptyState title="The shelf is empty">What a rewind replaces is kept here until you throw it away.</EmptyState>
    )
  }
  const totals = shelf.data.pages[0]?.totals
  return (
    <>
      {totals && (
        <p className="tabular border-b border-line px-4 py-1.5 text-xs text-ink-2">
          {formatNoun(totals.items, 'item')}, {formatBytes(totals.sizeBytes)}
        </p>
      )}
      <PagedList
        label="Recover shelf, newest first"
        count={items.length}
        rowHeight={52}
        keyOf={(index) => items[index]?.id ?? index}
        hasMore={shelf.hasNextPage}
        loadingMore={shelf.isFetchingNextPage}
        onMore={() => void shelf.fetchNextPage()}
        render={(index) => {
          const item = items[index]
          return item ? (
            <ShelfRow
              item={item}
              onRestore={() => ask({ kind: 'restore', shelfItemId: item.id, summary: item.operationSummary })}
              onEmpty={() => setEmptying(item)}
            />
          ) : null
        }}
      />
      <Modal
        open={emptying !== null}
        onClose={() => setEmptying(null)}
        title="Throw this away for good?"
        footer={
          <>
            <Button size="md" onClick={() => setEmptying(null)}>
              Keep it
            </Button>
            <Button
              size="md"
              variant="danger"
              disabled={empty.isPending}
              onClick={() => emptying && empty.mutate({ id: emptying.id })}
            >
              Throw away {emptying ? formatBytes(emptying.sizeBytes) : ''}
            </Button>
          </>
        }
      >
        <p className="text-sm">
          “{emptying?.operationSummary}” can then no longer be undone, and these files cannot be brought back by Makima.
        </p>
      </Modal>
    </>
  )
}
