'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useSubscription } from '@trpc/tanstack-react-query'
import { useState } from 'react'
import { useTRPC } from '@/components/trpc'

type Text = { text: string; thinking: string }

const NOTHING: Text = { text: '', thinking: '' }

const textOf = ({ text, thinking }: Text): Text => ({ text, thinking })

const join = ({ before, now }: { before: Text; now: Text }): Text => ({
  text: before.text + now.text,
  thinking: before.thinking + now.thinking,
})

/** `whole` without `end` at its end. */
const take = (whole: Text, end: Text): Text => ({
  text: whole.text.slice(0, whole.text.length - end.text.length),
  thinking: whole.thinking.slice(0, whole.thinking.length - end.thinking.length),
})

/** What came before `from` is kept, so a piece that is heard twice is shown once. */
const addPiece = (now: Text, piece: { kind: 'text' | 'thinking'; from: number; text: string }): Text => ({
  ...now,
  [piece.kind]: now[piece.kind].slice(0, piece.from) + piece.text,
})

/** The agent that is at work in a task, or has been last, and what it is writing right now. */
export function useLiveRun(taskId: string, onRecorded: () => Promise<unknown>) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [live, setLive] = useState({ before: NOTHING, now: NOTHING })
  const { data: runs } = useQuery(trpc.runs.list.queryOptions({ taskId }))
  useSubscription(
    trpc.runs.onLive.subscriptionOptions(
      { taskId },
      {
        onData: (heard) => {
          if (heard.type === 'whole') setLive({ before: NOTHING, now: textOf(heard) })
          else if (heard.type === 'piece') setLive((live) => ({ ...live, now: addPiece(live.now, heard) }))
          else if (heard.type === 'recorded') {
            // It stays in view until the conversation shows it.
            setLive((live) => ({ before: take(join(live), heard), now: textOf(heard) }))
            void onRecorded().then(() => setLive((live) => ({ ...live, before: NOTHING })))
          } else {
            void queryClient.invalidateQueries(trpc.runs.list.queryFilter({ taskId }))
            void queryClient.invalidateQueries(trpc.tasks.pathFilter())
          }
        },
      },
    ),
  )
  return { run: runs?.find(({ way }) => way === 'here') ?? null, live: join(live) }
}
