import type { TaskStatus } from '@/server/services/views'
import { cx } from '@/components/ui/cx'

const COLOURS: Record<TaskStatus, string> = {
  pending: 'border border-line-strong',
  running: 'bg-execute animate-pulse',
  interrupted: 'bg-plan',
  paused: 'bg-line-strong',
  completed: 'bg-add-mark',
  failed: 'bg-del-mark',
  undone: 'border border-dashed border-line-strong',
}

/** A task's status where there is room for a dot only. */
export function StatusDot({ status }: { status: TaskStatus }) {
  return (
    <span className={cx('size-2 shrink-0 rounded-full', COLOURS[status])}>
      <span className="sr-only">{status}</span>
    </span>
  )
}
