'use client'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '@/components/trpc'

/** A message with nothing cut, asked for only when `wanted`. */
export function useWholeMessage(taskId: string, messageId: string, wanted: boolean) {
  const trpc = useTRPC()
  return useQuery(
    trpc.conversation.message.queryOptions(
      { taskId, messageId },
      { enabled: wanted, staleTime: Number.POSITIVE_INFINITY },
    ),
  )
}
