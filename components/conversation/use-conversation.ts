'use client'
import { useQueries, useSuspenseQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { MessageView } from '@/server/services/views'
import { useTRPC } from '@/components/trpc'
import { KnownMessages, PAGE } from './conversation-pages'
import { firstSliceInput, type StartPlace } from './start-place'

/** A conversation by position: what is in sight is loaded page by page, whatever lies between. */
export function useConversation(taskId: string, start: StartPlace, range: { start: number; end: number }) {
  const trpc = useTRPC()
  const [known] = useState(() => new KnownMessages())
  const { data: first } = useSuspenseQuery(trpc.conversation.slice.queryOptions(firstSliceInput(taskId, start)))
  useMemo(() => known.add(first), [known, first])
  const missing = known.findMissingPages(range.start, range.end)
  const version = useQueries({
    queries: missing.map((page) =>
      trpc.conversation.slice.queryOptions(
        { taskId, from: page * PAGE, limit: PAGE },
        { staleTime: 60_000, gcTime: 60_000 },
      ),
    ),
    combine: (results) => {
      for (const { data } of results) if (data) known.add(data)
      return results.map((result) => `${result.status}${result.dataUpdatedAt}`).join()
    },
  })
  return {
    total: known.total,
    get: (index: number): MessageView | undefined => known.get(index),
    failed: version.includes('error'),
  }
}
