import type { Phase } from '@/server/services/views'
import { cx } from '@/components/ui/cx'

const COLOURS: Record<Phase, string> = {
  research: 'text-research',
  specify: 'text-specify',
  plan: 'text-plan',
  execute: 'text-execute',
  review: 'text-review',
}

/** Where a contract stands, by name and colour. */
export function PhaseBadge({ phase }: { phase: Phase }) {
  return (
    <span className={cx('inline-flex items-center gap-1.5 text-xs font-medium', COLOURS[phase])}>
      <span aria-hidden className="size-1.5 rounded-full bg-current" />
      {phase}
    </span>
  )
}
