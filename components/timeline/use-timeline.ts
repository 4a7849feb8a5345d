'use client'
import { type InfiniteData, useInfiniteQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { useSubscription } from '@trpc/tanstack-react-query'
import { useMemo, useRef, useState } from 'react'
import type { EventView, Page } from '@/server/services/views'
import { useTRPC, useTRPCClient } from '@/components/trpc'
import { type EventFilters, matchesFilters, toHistoryInput } from './event-filters'
import { firstHistoryInput, HISTORY_PAGE } from './first-history-input'

type Place = { cursor?: string; direction?: 'older' | 'newer' }

/**
 * Events newest first, by keyset pages in both directions from where one begins, with what happens now on top.
 * While `isAtTop` says no, live events wait and are counted in `waiting`.
 */
export function useTimeline({
  filters,
  scope,
  at = null,
  isAtTop,
  onEvent,
}: {
  filters: EventFilters
  scope: { contractId?: string; taskId?: string }
  at?: Date | null
  isAtTop: () => boolean
  /** Told of everything that happens in the scope, fitting or not. */
  onEvent?: (event: EventView) => void
}) {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const queryClient = useQueryClient()
  const input = firstHistoryInput(filters, scope, at)
  const { data: first } = useSuspenseQuery(trpc.history.list.queryOptions(input))
  const queryKey = [...trpc.history.list.queryKey(input), 'pages'] as const
  const pages = useInfiniteQuery({
    queryKey,
    initialData: { pages: [first], pageParams: [{} as Place] },
    initialPageParam: {} as Place,
    queryFn: ({ pageParam, signal }) => {
      // Newer pages run beyond the moment one began at, so only the older ones keep it.
      const base = pageParam.direction === 'newer' ? { ...toHistoryInput(filters, scope), limit: HISTORY_PAGE } : input
      return client.history.list.query({ ...base, ...pageParam }, { signal })
    },
    getNextPageParam: (page): Place | undefined =>
      page.nextCursor ? { cursor: page.nextCursor, direction: 'older' } : undefined,
    getPreviousPageParam: (page): Place | undefined =>
      at && page.previousCursor ? { cursor: page.previousCursor, direction: 'newer' } : undefined,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const [waiting, setWaiting] = useState<EventView[]>([])
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set())
  const known = useRef(new Set<string>())

  const prepend = (events: EventView[]) => {
    queryClient.setQueryData<InfiniteData<Page<EventView>, Place>>(queryKey, (data) => {
      const [top, ...rest] = data?.pages ?? []
      if (!data || !top) return data
      const added = events.filter((event) => !top.entries.some((entry) => entry.id === event.id))
      const entries = [...added, ...top.entries]
      return { ...data, pages: [{ ...top, entries, totalCount: top.totalCount + added.length }, ...rest] }
    })
    setFresh((before) => new Set([...[...before].slice(-100), ...events.map((event) => event.id)]))
  }

  const live = at === null && filters.to === null
  useSubscription(
    trpc.history.onEvent.subscriptionOptions(scope, {
      onData: ({ data: event }) => {
        onEvent?.(event)
        if (!live || known.current.has(event.id) || !matchesFilters(event, filters)) return
        known.current.add(event.id)
        if (isAtTop()) prepend([event])
        else setWaiting((before) => [event, ...before])
      },
    }),
  )

  const events = useMemo(() => pages.data.pages.flatMap((page) => page.entries), [pages.data])
  return {
    events,
    totalCount: pages.data.pages[0]?.totalCount ?? 0,
    fresh,
    waiting: waiting.length,
    showWaiting: () => {
      prepend(waiting)
      setWaiting([])
    },
    older: { has: pages.hasNextPage, loading: pages.isFetchingNextPage, load: pages.fetchNextPage },
    newer: { has: pages.hasPreviousPage, loading: pages.isFetchingPreviousPage, load: pages.fetchPreviousPage },
    failed: pages.isFetchNextPageError || pages.isFetchPreviousPageError,
  }
}
