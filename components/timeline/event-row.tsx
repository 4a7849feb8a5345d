'use client'
import Link from 'next/link'
import { memo } from 'react'
import type { EventView } from '@/server/services/views'
import { cx } from '@/components/ui/cx'
import { formatClock, formatExact } from '@/components/ui/format'
import { PlusMinus } from '@/components/ui/plus-minus'
import { EventIcon } from './event-icon'
import { describeEvent } from './event-sentence'

/** One event in one line (two on a phone): when, what, where. The whole row is the link. */
export const EventRow = memo(function EventRow({
  event,
  showTask,
  fresh = false,
}: {
  event: EventView
  showTask: boolean
  fresh?: boolean
}) {
  const told = describeEvent(event)
  const body = (
    <>
      <time
        dateTime={event.createdAt.toISOString()}
        title={formatExact(event.createdAt)}
        className="tabular w-10 shrink-0 text-right font-mono text-2xs text-ink-3"
      >
        {formatClock(event.createdAt)}
      </time>
      <EventIcon eventType={event.eventType} tone={told.tone} />
      <span className="flex min-w-0 flex-1 items-baseline gap-2 max-sm:flex-col max-sm:gap-0">
        <span
          className={cx(
            'shrink-0 text-xs whitespace-nowrap',
            told.tone === 'bad'
              ? 'font-medium text-del'
              : told.tone === 'prompt'
                ? 'font-medium text-accent'
                : 'text-ink-2',
          )}
        >
          {told.lead}
        </span>
        <span className={cx('min-w-0 flex-1 truncate max-sm:w-full', told.tone === 'prompt' && 'font-medium')}>
          {told.text}
        </span>
      </span>
      {told.change && <PlusMinus {...told.change} className="max-sm:self-start max-sm:pt-1" />}
      {showTask && event.taskName && event.taskName !== event.contractName && (
        <span className="w-52 shrink-0 truncate text-right text-xs text-ink-3 max-lg:hidden">{event.taskName}</span>
      )}
    </>
  )
  const shape = cx('flex h-full w-full items-center gap-2.5 px-4', fresh && 'row-new')
  return told.href ? (
    <Link href={told.href} prefetch={false} className={cx(shape, '-outline-offset-2 hover:bg-hover')}>
      {body}
    </Link>
  ) : (
    <div className={shape}>{body}</div>
  )
})
