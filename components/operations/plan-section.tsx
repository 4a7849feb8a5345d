import type { ReactNode } from 'react'
import { cx } from '@/components/ui/cx'
import { formatCount } from '@/components/ui/format'

/** One named part of a plan. */
export function PlanSection({
  title,
  count,
  tone = 'plain',
  children,
}: {
  title: string
  count?: number
  tone?: 'plain' | 'warn'
  children: ReactNode
}) {
  return (
    <div className={cx('rounded-md border px-3 py-2', tone === 'warn' ? 'border-plan bg-warn-soft' : 'border-line')}>
      <h3 className={cx('mb-1 flex gap-2 text-xs font-medium', tone === 'warn' ? 'text-warn' : 'text-ink-2')}>
        {title}
        {count !== undefined && <span className="tabular">{formatCount(count)}</span>}
      </h3>
      {children}
    </div>
  )
}
