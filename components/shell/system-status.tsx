'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useTRPC } from '@/components/trpc'
import { cx } from '@/components/ui/cx'
import { formatRelative } from '@/components/ui/format'

/** Whether the git worker lives and whether an import runs. */
export function SystemStatus() {
  const trpc = useTRPC()
  const { data, isError } = useQuery(trpc.system.status.queryOptions(undefined, { refetchInterval: 5_000 }))
  const state = isError ? 'down' : !data ? 'unknown' : data.worker?.alive ? 'up' : 'idle'
  const text = {
    down: 'Server does not answer',
    unknown: 'Checking',
    up: data?.importing ? 'Importing' : 'Worker ready',
    idle: 'Worker not running',
  }[state]
  const beat = data?.worker?.heartbeatAt
  return (
    <Link
      href="/operations?tab=imports"
      title={beat ? `${text}; last sign ${formatRelative(new Date(beat), new Date())}` : text}
      className="flex h-7 items-center gap-2 rounded-md px-2 text-xs text-ink-2 hover:bg-hover sm:max-lg:justify-center"
    >
      <span
        aria-hidden
        className={cx(
          'size-2 shrink-0 rounded-full',
          state === 'up' && (data?.importing ? 'animate-pulse bg-execute' : 'bg-add-mark'),
          state === 'down' && 'bg-del-mark',
          state === 'idle' && 'bg-plan',
          state === 'unknown' && 'bg-line-strong',
        )}
      />
      <span role="status" className="truncate sm:max-lg:sr-only">
        {text}
      </span>
    </Link>
  )
}
