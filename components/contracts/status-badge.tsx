import type { TaskStatus } from '@/server/services/views'
import { cx } from '@/components/ui/cx'

const LOOKS: Record<TaskStatus, { text: string; dot: string }> = {
  pending: { text: 'text-ink-2', dot: 'border border-line-strong' },
  running: { text: 'text-execute', dot: 'bg-current animate-pulse' },
  interrupted: { text: 'text-warn', dot: 'bg-current' },
  paused: { text: 'text-ink-2', dot: 'bg-current' },
  completed: { text: 'text-add', dot: 'bg-current' },
  failed: { text: 'text-del', dot: 'bg-current' },
  undone: { text: 'text-ink-3', dot: 'border border-dashed border-line-strong' },
}

/** Where a task stands. */
export function StatusBadge({ status }: { status: TaskStatus }) {
  const look = LOOKS[status]
  return (
    <span className={cx('inline-flex items-center gap-1.5 text-xs font-medium whitespace-nowrap', look.text)}>
      <span aria-hidden className={cx('size-2 rounded-full', look.dot)} />
      {status}
    </span>
  )
}
