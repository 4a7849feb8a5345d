'use client'
import { Ellipsis, GitCommitVertical } from 'lucide-react'
import Link from 'next/link'
import { memo } from 'react'
import type { CheckpointView, MessageView } from '@/server/services/views'
import { cx } from '@/components/ui/cx'
import { firstLine, formatClock, formatExact } from '@/components/ui/format'
import { PlusMinus } from '@/components/ui/plus-minus'
import { MessageBody } from './message-body'

const ROLE_NAMES: Record<MessageView['kind'], string> = {
  prompt: 'Prompt',
  command: 'Command',
  text: 'Agent',
  thinking: 'Thinking',
  tool: 'Tool call',
  summary: 'Summary',
  notice: 'Notice',
  unknown: 'Record',
}

/** One message with its time, its menu, and the checkpoints taken at it. */
export const MessageRow = memo(function MessageRow({
  taskId,
  message,
  checkpoints,
  marked,
  onMenu,
}: {
  taskId: string
  message: MessageView
  checkpoints: CheckpointView[] | undefined
  marked: boolean
  onMenu: (message: MessageView, anchor: HTMLElement) => void
}) {
  const quiet = message.kind === 'tool' || message.kind === 'thinking' || message.kind === 'notice'
  return (
    <article
      aria-label={`${ROLE_NAMES[message.kind]} ${message.index + 1}`}
      data-open={message.kind === 'prompt' || message.kind === 'text' || message.kind === 'command' ? true : undefined}
      tabIndex={-1}
      className={cx(
        'group relative mx-auto flex w-full max-w-[920px] gap-2 pr-2 pl-3 -outline-offset-2',
        quiet ? 'py-px' : message.kind === 'prompt' ? 'py-2.5' : 'py-1.5',
        marked && 'rounded-md bg-accent-soft',
      )}
    >
      <span
        className={cx(
          'tabular w-9 shrink-0 text-right font-mono text-2xs text-ink-3 max-sm:hidden',
          quiet ? 'pt-1' : message.kind === 'prompt' ? 'pt-2.5' : 'pt-0.5',
        )}
      >
        {message.at && (
          // The server writes its own zone's time; it stands until the windowed list takes over.
          <time dateTime={message.at.toISOString()} title={formatExact(message.at)} suppressHydrationWarning>
            {formatClock(message.at)}
          </time>
        )}
      </span>
      <div className="min-w-0 flex-1">
        <MessageBody taskId={taskId} message={message} />
        {checkpoints?.map((checkpoint) => (
          <Link
            key={checkpoint.id}
            href={`/checkpoints/${checkpoint.id}`}
            prefetch={false}
            className="mt-1 flex min-h-6 items-center gap-2 rounded-sm border border-dashed border-line px-2 text-xs hover:bg-hover"
          >
            <GitCommitVertical size={13} aria-hidden className="shrink-0 text-execute" />
            <span className="shrink-0 font-medium">Checkpoint {checkpoint.number}</span>
            <span className="min-w-0 flex-1 truncate text-ink-2">{firstLine(checkpoint.message)}</span>
            <PlusMinus additions={checkpoint.additions} deletions={checkpoint.deletions} />
          </Link>
        ))}
      </div>
      <button
        type="button"
        aria-label={`Actions for message ${message.index + 1}`}
        aria-haspopup="menu"
        onClick={(event) => onMenu(message, event.currentTarget)}
        className={cx(
          'inline-flex size-6 shrink-0 items-center justify-center rounded-md text-ink-3 group-hover:opacity-100 hover:bg-hover hover:text-ink focus-visible:opacity-100 pointer-coarse:opacity-100',
          message.kind === 'prompt' ? 'mt-2' : 'opacity-0',
        )}
      >
        <Ellipsis size={14} aria-hidden />
      </button>
    </article>
  )
})
