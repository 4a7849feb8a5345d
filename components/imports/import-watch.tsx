'use client'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useEffectEvent } from 'react'
import { useTRPC } from '@/components/trpc'
import { ErrorState } from '@/components/ui/error-state'
import { Skeleton } from '@/components/ui/skeleton'
import { ImportProgressView } from './import-progress-view'

/** Follows one import until it ends. */
export function ImportWatch({ id, onFinished }: { id: string; onFinished?: () => void }) {
  const trpc = useTRPC()
  const { data, error } = useQuery(
    trpc.imports.get.queryOptions(
      { id, sourcesLimit: 1 },
      {
        staleTime: 0,
        refetchInterval: (query) => (isOver(query.state.data?.state) ? false : 700),
      },
    ),
  )
  const over = isOver(data?.state)
  const finished = useEffectEvent(() => onFinished?.())
  useEffect(() => {
    if (over) finished()
  }, [over])
  if (error) return <ErrorState error={error} />
  if (!data) return <Skeleton className="mt-3 h-12 w-full" />
  return <ImportProgressView view={data} />
}

function isOver(state: string | undefined): boolean {
  return state === 'done' || state === 'failed'
}
