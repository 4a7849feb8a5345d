'use client'
import { useQueries, useSuspenseQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { ConversationSlice, MessageView } from '@/server/services/views'
import { useTRPC } from '@/components/trpc'
import { KnownMessages, PAGE } from './conversation-pages'
import { cutMessage } from './cut-text'
import { warmMarkdown } from './markdown'
import { firstSliceInput, type StartPlace } from './start-place'

/** So many messages before and after those in sight are loaded with them. */
const AHEAD = 30

function warmUp(slice: ConversationSlice) {
  const formatted = slice.messages.filter(({ kind }) => kind === 'text' || kind === 'prompt')
  warmMarkdown(formatted.map(({ text }) => cutMessage(text ?? '').text))
}

/** A conversation by position: what is in sight is loaded page by page, whatever lies between. */
export function useConversation(taskId: string, start: StartPlace, range: { start: number; end: number }) {
  const trpc = useTRPC()
  const [known] = useState(() => new KnownMessages())
  const { data: first } = useSuspenseQuery(trpc.conversation.slice.queryOptions(firstSliceInput(taskId, start)))
  useMemo(() => known.add(first), [known, first])
  const missing = range.end < range.start ? [] : known.findMissingPages(range.start - AHEAD, range.end + AHEAD)
  const version = useQueries({
    queries: missing.map((page) =>
      trpc.conversation.slice.queryOptions(
        { taskId, from: page * PAGE, limit: PAGE },
        { staleTime: 60_000, gcTime: 60_000 },
      ),
    ),
    combine: (results) => {
      for (const { data } of results) {
        if (!data || known.holds(data)) continue
        known.add(data)
        warmUp(data)
      }
      return results.map((result) => `${result.status}${result.dataUpdatedAt}`).join()
    },
  })
  return {
    total: known.total,
    get: (index: number): MessageView | undefined => known.get(index),
    failed: version.includes('error'),
  }
}
