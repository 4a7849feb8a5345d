'use client'
import { useSuspenseQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { CheckpointView } from '@/server/services/views'
import { useTRPC } from '@/components/trpc'
import { cx } from '@/components/ui/cx'
import { MessageRow } from './message-row'
import { firstSliceInput, type StartPlace } from './start-place'

/** Enough for a tall screen of short rows; each costs time twice, in the document and when scripts take over. */
const ROWS = 24

const nothing = () => {}

/** The messages that a conversation opens at, as part of the document: read before any script has run. */
export function FirstMessages({
  taskId,
  start,
  checkpointsAt,
  marked,
  empty,
}: {
  taskId: string
  start: StartPlace
  checkpointsAt: ReadonlyMap<number, CheckpointView[]>
  marked: string | null
  empty: ReactNode
}) {
  const trpc = useTRPC()
  const { data } = useSuspenseQuery(trpc.conversation.slice.queryOptions(firstSliceInput(taskId, start)))
  if (data.totalMessages === 0) return empty
  const atEnd = start === 'end'
  const from = typeof start === 'number' ? start : 0
  const rows = atEnd ? data.messages.slice(-ROWS) : data.messages.filter(({ index }) => index >= from).slice(0, ROWS)
  return (
    <div
      role="feed"
      aria-label="Conversation"
      aria-busy
      className={cx('flex min-h-0 flex-1 flex-col overflow-hidden', atEnd ? 'justify-end pb-6' : 'pt-3')}
    >
      {rows.map((message) => (
        <div key={message.id} className="shrink-0">
          <MessageRow
            taskId={taskId}
            message={message}
            checkpoints={checkpointsAt.get(message.index)}
            marked={message.id === marked}
            onMenu={nothing}
          />
        </div>
      ))}
    </div>
  )
}
