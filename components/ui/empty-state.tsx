import type { ReactNode } from 'react'

/** What a place says when there is nothing in it: what would be here, and how it gets there. */
export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-2 px-6 py-14 text-center">
      <p className="text-sm font-medium text-ink">{title}</p>
      {children && <div className="text-sm text-ink-2">{children}</div>}
    </div>
  )
}
