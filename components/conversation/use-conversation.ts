'use client'
import { useQueries, useSuspenseQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ConversationSlice } from '@/server/services/views'
import { useTRPC } from '@/components/trpc'
import { KnownMessages, PAGE } from './conversation-pages'
import { cutMessage } from './cut-text'
import { warmMarkdown } from './markdown'
import { firstSliceInput, type StartPlace } from './start-place'

/** So many messages before and after those in sight are loaded with them. */
const AHEAD = 30

/** What is known of a conversation, beginning with the slice that it opens at. */
export function useConversation(taskId: string, start: StartPlace): KnownMessages {
  const trpc = useTRPC()
  const [known] = useState(() => new KnownMessages())
  const { data: first } = useSuspenseQuery(trpc.conversation.slice.queryOptions(firstSliceInput(taskId, start)))
  // Taken in while drawing, once a slice: the rows drawn now must already know it.
  if (known.lead(first)) warmUp(first)
  return known
}

/** Loads what is missing around the positions in sight. Returns whether some of it could not be loaded. */
export function useMissingPages(taskId: string, known: KnownMessages, first: number, last: number): boolean {
  const trpc = useTRPC()
  const missing = last < first ? [] : known.findMissingPages(first - AHEAD, last + AHEAD)
  const states = useQueries({
    queries: missing.map((page) =>
      trpc.conversation.slice.queryOptions(
        { taskId, from: page * PAGE, limit: PAGE },
        { staleTime: 60_000, gcTime: 60_000 },
      ),
    ),
    combine: (results) => {
      for (const { data } of results) if (data && known.fill(data)) warmUp(data)
      return results.map((result) => `${result.status}${result.dataUpdatedAt}`).join()
    },
  })
  return states.includes('error')
}

function warmUp(slice: ConversationSlice) {
  const formatted = slice.messages.filter(({ kind }) => kind === 'text' || kind === 'prompt')
  warmMarkdown(formatted.map(({ text }) => cutMessage(text ?? '').text))
}
