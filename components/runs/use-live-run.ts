'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useSubscription } from '@trpc/tanstack-react-query'
import { useState } from 'react'
import { useTRPC } from '@/components/trpc'

const NOTHING = { text: '', thinking: '' }

/** The agent that is at work in a task, or has been last, and what it is writing right now. */
export function useLiveRun(taskId: string, onRecorded: () => Promise<unknown>) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [live, setLive] = useState(NOTHING)
  const { data: runs } = useQuery(trpc.runs.list.queryOptions({ taskId }))
  useSubscription(
    trpc.runs.onLive.subscriptionOptions(
      { taskId },
      {
        onData: (heard) => {
          if (heard.type === 'whole') setLive({ text: heard.text, thinking: heard.thinking })
          else if (heard.type === 'piece') {
            // What came before `from` is kept, so a piece that is heard twice is shown once.
            setLive((now) => ({ ...now, [heard.kind]: now[heard.kind].slice(0, heard.from) + heard.text }))
          } else if (heard.type === 'recorded') void onRecorded().then(() => setLive(NOTHING))
          else {
            void queryClient.invalidateQueries(trpc.runs.list.queryFilter({ taskId }))
            void queryClient.invalidateQueries(trpc.tasks.pathFilter())
          }
        },
      },
    ),
  )
  return { run: runs?.find(({ way }) => way === 'here') ?? null, live }
}
