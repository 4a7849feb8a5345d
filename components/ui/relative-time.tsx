'use client'
import { formatExact, formatRelative } from './format'
import { useNow } from './use-now'

/** How long ago, with the exact time on hover. */
export function RelativeTime({ at, className }: { at: Date | null; className?: string }) {
  const now = useNow()
  if (!at) return <span className={className}>–</span>
  return (
    <time dateTime={at.toISOString()} title={formatExact(at)} className={className} suppressHydrationWarning>
      {formatRelative(at, new Date(Math.max(now, at.getTime())))}
    </time>
  )
}
