'use client'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { useState } from 'react'
import { toast } from '@/components/ui/toast'
import type { ShareView } from '@/server/services/shares/share-views'
import { useTRPC, useTRPCClient } from '@/components/trpc'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { ErrorState } from '@/components/ui/error-state'
import { describeError } from '@/components/ui/error-text'
import { formatNoun } from '@/components/ui/format'
import { Modal } from '@/components/ui/modal'
import { PagedList } from '@/components/ui/paged-list'
import { RelativeTime } from '@/components/ui/relative-time'
import { SkeletonRows } from '@/components/ui/skeleton-rows'

/** Every link that was made, also those that are over, with what they were looked at. */
export function SharesPanel() {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const queryClient = useQueryClient()
  const [leaving, setLeaving] = useState<ShareView | null>(null)
  const shares = useInfiniteQuery({
    queryKey: [...trpc.shares.list.queryKey({}), 'pages'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => client.shares.list.query(pageParam ? { cursor: pageParam } : {}, { signal }),
    getNextPageParam: (page) => page.nextCursor,
  })
  const revoke = useMutation(
    trpc.shares.revoke.mutationOptions({
      onSuccess: () => {
        setLeaving(null)
        void queryClient.invalidateQueries(trpc.shares.pathFilter())
      },
      onError: (error) => void toast.error(describeError(error).detail),
    }),
  )
  if (shares.isError) return <ErrorState error={shares.error} onRetry={() => void shares.refetch()} />
  if (!shares.data) return <SkeletonRows rows={8} height={52} label="Loading the shares" />
  const items = shares.data.pages.flatMap((page) => page.entries)
  if (items.length === 0) {
    return (
      <EmptyState title="Nothing is shared">
        Open a conversation and press Share: you see what a reader would see before there is a link.
      </EmptyState>
    )
  }
  return (
    <>
      <PagedList
        label="Share links, newest first"
        count={items.length}
        rowHeight={52}
        keyOf={(index) => items[index]?.id ?? index}
        hasMore={shares.hasNextPage}
        loadingMore={shares.isFetchingNextPage}
        onMore={() => void shares.fetchNextPage()}
        render={(index) => {
          const item = items[index]
          return item ? <ShareRow share={item} onRevoke={() => setLeaving(item)} /> : null
        }}
      />
      <Modal
        open={leaving !== null}
        onClose={() => setLeaving(null)}
        title="Take this link back?"
        footer={
          <>
            <Button size="md" onClick={() => setLeaving(null)}>
              Keep it
            </Button>
            <Button
              size="md"
              variant="danger"
              disabled={revoke.isPending}
              onClick={() => leaving && revoke.mutate({ id: leaving.id })}
            >
              Take it back
            </Button>
          </>
        }
      >
        <p className="text-sm">
          “{leaving?.title}” can then no longer be read by anybody who has the link, and its copy is deleted. The
          conversation itself stays.
        </p>
      </Modal>
    </>
  )
}

const STATES = { open: 'open', expired: 'over', revoked: 'taken back' } as const

function ShareRow({ share, onRevoke }: { share: ShareView; onRevoke: () => void }) {
  const facts = [
    formatNoun(share.messages, 'message'),
    share.masked > 0 ? `${share.masked} masked` : null,
    share.hasPassword ? 'password' : null,
    formatNoun(share.views, 'view'),
  ]
  return (
    <div className="flex h-full items-center gap-3 px-4 text-sm">
      <div className="min-w-0 flex-1">
        <p className="truncate">
          {share.taskId ? (
            <Link href={`/tasks/${share.taskId}`} className="hover:underline">
              {share.title}
            </Link>
          ) : (
            share.title
          )}
        </p>
        <p className="truncate text-xs text-ink-2">{facts.filter(Boolean).join(' · ')}</p>
      </div>
      <span className="text-xs text-ink-2 max-sm:hidden">
        {STATES[share.state]}
        {share.state === 'open' && share.expiresAt && <> until {share.expiresAt.toLocaleDateString()}</>}
      </span>
      <span className="w-20 text-right text-xs text-ink-2 max-sm:hidden">
        <RelativeTime at={share.createdAt} />
      </span>
      <Button disabled={share.state === 'revoked'} onClick={onRevoke}>
        Take back
      </Button>
    </div>
  )
}
