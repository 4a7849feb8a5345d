import { CircleCheck, CircleDashed, CircleX, LoaderCircle, type LucideIcon, Undo2 } from 'lucide-react'
import Link from 'next/link'
import type { OperationView } from '@/server/services/views'
import { Button } from '@/components/ui/button'
import { cx } from '@/components/ui/cx'
import { formatDuration } from '@/components/ui/format'
import { RelativeTime } from '@/components/ui/relative-time'

const LOOKS: Record<OperationView['state'], { icon: LucideIcon; tone: string }> = {
  queued: { icon: CircleDashed, tone: 'text-ink-3' },
  running: { icon: LoaderCircle, tone: 'text-execute [&]:animate-spin' },
  done: { icon: CircleCheck, tone: 'text-add' },
  failed: { icon: CircleX, tone: 'text-del' },
  undone: { icon: Undo2, tone: 'text-ink-3' },
}

/** One operation: what, by whom, when, how it ended, and the way back. */
export function OperationRow({ operation, onUndo }: { operation: OperationView; onUndo: () => void }) {
  const { icon: Icon, tone } = LOOKS[operation.state]
  const took =
    operation.startedAt && operation.finishedAt
      ? formatDuration(operation.finishedAt.getTime() - operation.startedAt.getTime())
      : null
  return (
    <div className="flex h-full items-center gap-3 px-4">
      <Icon size={15} aria-label={operation.state} className={cx('shrink-0', tone)} />
      <div className="min-w-0 flex-1">
        <p
          className={cx('truncate', operation.state === 'undone' && 'text-ink-3 line-through')}
          title={operation.summary}
        >
          {operation.summary}
        </p>
        <p className="flex gap-2 truncate text-xs text-ink-3">
          {operation.error ? (
            <span className="truncate text-del" title={operation.error.detail}>
              {operation.error.detail}
            </span>
          ) : (
            <>
              <span>{operation.kind.replace('_', ' ')}</span>
              {operation.taskId && operation.taskName && (
                <Link
                  href={`/tasks/${operation.taskId}`}
                  prefetch={false}
                  data-open
                  className="truncate hover:text-ink hover:underline"
                >
                  {operation.taskName}
                </Link>
              )}
              {operation.state === 'running' && <span>{operation.step}</span>}
            </>
          )}
        </p>
      </div>
      <span className="w-14 shrink-0 truncate text-xs text-ink-3 max-md:hidden">{operation.askedBy}</span>
      {took && <span className="tabular w-16 shrink-0 text-right text-xs text-ink-3 max-md:hidden">{took}</span>}
      <RelativeTime at={operation.createdAt} className="w-20 shrink-0 text-right text-xs text-ink-2" />
      <div className="w-16 shrink-0 text-right">
        {operation.canUndo && (
          <Button onClick={onUndo} aria-label={`Undo: ${operation.summary}`}>
            <Undo2 size={13} aria-hidden /> Undo
          </Button>
        )}
      </div>
    </div>
  )
}
