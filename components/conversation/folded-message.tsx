'use client'
import { ChevronRight, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from '@/components/ui/cx'
import { useRowState } from './row-memory'

/** Something that is there but out of the way until asked for. */
export function FoldedMessage({
  id,
  icon: Icon,
  title,
  hint,
  children,
}: {
  id: string
  icon: LucideIcon
  title: string
  hint?: string
  children: ReactNode
}) {
  const [open, setOpen] = useRowState(`${id} open`, false)
  return (
    <div>
      <button
        type="button"
        data-open
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex min-h-6 w-full min-w-0 items-center gap-2 rounded-sm text-left text-xs text-ink-2 hover:bg-hover pointer-coarse:min-h-9"
      >
        <ChevronRight
          size={12}
          aria-hidden
          className={cx('shrink-0 text-ink-3 transition-transform', open && 'rotate-90')}
        />
        <Icon size={13} aria-hidden className="shrink-0 text-ink-3" />
        <span className="shrink-0">{title}</span>
        {hint && !open && <span className="min-w-0 truncate text-ink-3 italic">{hint}</span>}
      </button>
      {open && <div className="mt-1 mb-1.5 ml-5 border-l-2 border-line pl-3 text-ink-2">{children}</div>}
    </div>
  )
}
