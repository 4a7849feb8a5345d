import type { Metadata } from 'next'
import { createLoader, type SearchParams } from 'nuqs/server'
import { checkpointParsers } from '@/components/diff/checkpoint-params'
import { CheckpointScreen } from '@/components/diff/checkpoint-screen'
import { CheckpointSkeleton } from '@/components/diff/checkpoint-skeleton'
import { QueryBoundary } from '@/components/ui/query-boundary'
import { loadOr404 } from '@/app/load-or-404'
import { HydrateClient, prefetch, trpc } from '@/server/rsc'
import { showSigns } from '@/text/signs'

type Props = { params: Promise<{ checkpointId: string }>; searchParams: Promise<SearchParams> }

const loadParams = createLoader(checkpointParsers)

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { checkpointId } = await params
  const { checkpoint } = await loadOr404(trpc.checkpoints.get.queryOptions({ id: checkpointId }))
  return { title: showSigns(`Checkpoint ${checkpoint.number} of ${checkpoint.taskName}`) }
}

export default async function CheckpointPage({ params, searchParams }: Props) {
  const { checkpointId } = await params
  const { against, tab } = await loadParams(searchParams)
  await loadOr404(trpc.checkpoints.get.queryOptions({ id: checkpointId }))
  if (tab === 'changes') prefetch(trpc.checkpoints.diff.queryOptions({ id: checkpointId, against }))
  return (
    <HydrateClient>
      <QueryBoundary fallback={<CheckpointSkeleton />}>
        <CheckpointScreen key={checkpointId} checkpointId={checkpointId} />
      </QueryBoundary>
    </HydrateClient>
  )
}
