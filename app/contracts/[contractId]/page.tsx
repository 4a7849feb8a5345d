import type { Metadata } from 'next'
import { createLoader, type SearchParams } from 'nuqs/server'
import { ContractScreen } from '@/components/contracts/contract-screen'
import { ContractSkeleton } from '@/components/contracts/contract-skeleton'
import { eventFilterParsers } from '@/components/timeline/event-filters'
import { firstHistoryInput } from '@/components/timeline/first-history-input'
import { QueryBoundary } from '@/components/ui/query-boundary'
import { loadOr404 } from '@/app/load-or-404'
import { HydrateClient, prefetch, trpc } from '@/server/rsc'
import { showSigns } from '@/text/signs'

type Props = { params: Promise<{ contractId: string }>; searchParams: Promise<SearchParams> }

const loadFilters = createLoader(eventFilterParsers)

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { contractId } = await params
  return { title: showSigns((await loadOr404(trpc.contracts.get.queryOptions({ id: contractId }))).name) }
}

export default async function ContractPage({ params, searchParams }: Props) {
  const { contractId } = await params
  await loadOr404(trpc.contracts.get.queryOptions({ id: contractId }))
  prefetch(trpc.history.list.queryOptions(firstHistoryInput(await loadFilters(searchParams), { contractId }, null)))
  prefetch(trpc.history.facets.queryOptions({ contractId }))
  return (
    <HydrateClient>
      <QueryBoundary fallback={<ContractSkeleton />}>
        <ContractScreen contractId={contractId} />
      </QueryBoundary>
    </HydrateClient>
  )
}
