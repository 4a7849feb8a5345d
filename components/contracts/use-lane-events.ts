'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { EventView } from '@/server/services/views'
import { useTRPC, useTRPCClient } from '@/components/trpc'

const LANE_TYPES = [
  'checkpoint.created',
  'rewind.applied',
  'conversation.rewound',
  'conversation.compacted',
  'message.received',
  'phase.changed',
]
const PAGE = 500
const PAGES = 6

/** The events that lanes are drawn from: the newest few thousand of a contract, in one go. */
export function useLaneEvents(contractId: string): { events: EventView[]; cut: boolean } {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const input = { contractId, eventTypes: LANE_TYPES, limit: PAGE }
  const { data } = useQuery({
    queryKey: [...trpc.history.list.queryKey(input), 'lanes'],
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    queryFn: async ({ signal }) => {
      const events: EventView[] = []
      let cursor: string | null = null
      for (let page = 0; page < PAGES; page++) {
        const answer: { entries: EventView[]; nextCursor: string | null } = await client.history.list.query(
          { ...input, ...(cursor ? { cursor } : {}) },
          { signal },
        )
        events.push(...answer.entries)
        cursor = answer.nextCursor
        if (!cursor) break
      }
      return { events, cut: cursor !== null }
    },
  })
  return data ?? { events: [], cut: false }
}
