'use client'
import { Popover } from '@base-ui/react/popover'
import Link from 'next/link'
import type { TaskView } from '@/server/services/views'
import { StatusDot } from '@/components/contracts/status-dot'
import { buttonClass } from '@/components/ui/button-class'
import { formatCount } from '@/components/ui/format'
import { RelativeTime } from '@/components/ui/relative-time'

/** Other tasks behind one button; a single one is the link itself. */
export function TaskLinks({ label, tasks }: { label: string; tasks: TaskView[] }) {
  const [only] = tasks
  if (!only) return null
  if (tasks.length === 1) {
    return (
      <Link href={`/tasks/${only.id}`} className={buttonClass({}, 'max-w-80')}>
        <span className="text-ink-3">{label}</span> <StatusDot status={only.status} />
        <span className="truncate">{only.name}</span>
      </Link>
    )
  }
  return (
    <Popover.Root>
      <Popover.Trigger className={buttonClass()}>
        <span className="text-ink-3">{label}</span> {formatCount(tasks.length)}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner align="start" sideOffset={4} className="z-50">
          <Popover.Popup
            aria-label={label}
            className="max-h-[60dvh] w-96 max-w-[calc(100vw-16px)] overflow-y-auto rounded-lg border border-line bg-raised p-1 shadow-lift outline-none"
          >
            {tasks.slice(0, 300).map((task) => (
              <Link
                key={task.id}
                href={`/tasks/${task.id}`}
                prefetch={false}
                className="flex h-8 items-center gap-2 rounded-md px-2 text-sm hover:bg-hover"
              >
                <StatusDot status={task.status} />
                <span className="min-w-0 flex-1 truncate">{task.name}</span>
                <RelativeTime at={task.lastActivityAt} className="shrink-0 text-xs text-ink-3" />
              </Link>
            ))}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}
