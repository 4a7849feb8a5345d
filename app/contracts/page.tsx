import type { Metadata } from 'next'
import { createLoader, type SearchParams } from 'nuqs/server'
import { contractFilterParsers, toContractsInput } from '@/components/contracts/contract-filters'
import { ContractsScreen } from '@/components/contracts/contracts-screen'
import { ContractsSkeleton } from '@/components/contracts/contracts-skeleton'
import { QueryBoundary } from '@/components/ui/query-boundary'
import { HydrateClient, prefetch, trpc } from '@/server/rsc'

export const metadata: Metadata = { title: 'Contracts' }

const loadFilters = createLoader(contractFilterParsers)

export default async function ContractsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  prefetch(trpc.contracts.list.queryOptions(toContractsInput(await loadFilters(searchParams))))
  prefetch(trpc.history.facets.queryOptions({}))
  return (
    <HydrateClient>
      <QueryBoundary fallback={<ContractsSkeleton />}>
        <ContractsScreen />
      </QueryBoundary>
    </HydrateClient>
  )
}
