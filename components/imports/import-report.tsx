'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ImportView } from '@/server/services/views'
import { useTRPC } from '@/components/trpc'
import { Button } from '@/components/ui/button'
import { ErrorState } from '@/components/ui/error-state'
import { Facts } from '@/components/ui/facts'
import { formatBytes, formatCount } from '@/components/ui/format'
import { Skeleton } from '@/components/ui/skeleton'
import { SourceTable } from './source-table'

const PAGE = 50

/** The report of an import, source by source. */
export function ImportReport({ id, live }: { id: string; live: boolean }) {
  const trpc = useTRPC()
  const [from, setFrom] = useState(0)
  const { data, error, refetch } = useQuery(
    trpc.imports.get.queryOptions(
      { id, sourcesFrom: from, sourcesLimit: PAGE },
      { placeholderData: keepPreviousData, refetchInterval: live ? 1_500 : false },
    ),
  )
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!data) return <Skeleton className="mt-3 h-24 w-full" />
  return (
    <section aria-label="Report" className="mt-3 border-t border-line pt-3">
      {data.totals && <Facts facts={factsOf(data.totals)} />}
      {data.notes.length > 0 && (
        <ul className="mb-2 list-disc pl-5 text-xs text-ink-2">
          {data.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <SourceTable sources={data.sources} />
      {(from > 0 || data.sources.length === PAGE) && (
        <div className="mt-2 flex items-center justify-between">
          <Button disabled={from === 0} onClick={() => setFrom(Math.max(0, from - PAGE))}>
            Previous {PAGE}
          </Button>
          <span className="tabular text-xs text-ink-3">
            {formatCount(from + 1)} to {formatCount(from + data.sources.length)}
          </span>
          <Button disabled={data.sources.length < PAGE} onClick={() => setFrom(from + PAGE)}>
            Next {PAGE}
          </Button>
        </div>
      )}
    </section>
  )
}

function factsOf(totals: NonNullable<ImportView['totals']>) {
  const counts: [string, number][] = [
    ['Sources', totals.sources],
    ['Skipped', totals.skipped],
    ['Records', totals.records],
    ['Messages', totals.messages],
    ['Tool calls', totals.toolCalls],
    ['Unknown', totals.unknown],
    ['Healed', totals.healed],
    ['Bad', totals.bad],
  ]
  return [
    ...counts.map(([name, value]) => ({ name, value: formatCount(value) })),
    { name: 'Size', value: formatBytes(totals.bytes) },
  ]
}
