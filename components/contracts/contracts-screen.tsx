'use client'
import { useInfiniteQuery, useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import Link from 'next/link'
import { useQueryStates } from 'nuqs'
import { useDeferredValue, useMemo, useState } from 'react'
import { toast } from '@/components/ui/toast'
import { PageHeader } from '@/components/shell/page-header'
import { useTRPC, useTRPCClient } from '@/components/trpc'
import { buttonClass } from '@/components/ui/button-class'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { describeError } from '@/components/ui/error-text'
import { ContractFilterBar } from './contract-filter-bar'
import { contractFilterParsers, toContractsInput } from './contract-filters'
import { ContractTable } from './contract-table'
import { NewContractDialog } from './new-contract-dialog'

/** All contracts, to find one and to see which are alive. */
export function ContractsScreen() {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const queryClient = useQueryClient()
  const [making, setMaking] = useState(false)
  const [filters, setFilters] = useQueryStates(contractFilterParsers, { history: 'replace' })
  // What is typed is shown at once; the list follows without hiding the one before.
  const asked = useMemo(() => toContractsInput(filters), [filters])
  const input = useDeferredValue(asked)
  const { data: first } = useSuspenseQuery(trpc.contracts.list.queryOptions(input))
  const list = useInfiniteQuery({
    queryKey: [...trpc.contracts.list.queryKey(input), 'pages'],
    initialData: { pages: [first], pageParams: [null] },
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      client.contracts.list.query({ ...input, ...(pageParam ? { cursor: pageParam } : {}) }, { signal }),
    getNextPageParam: (page) => page.nextCursor,
  })
  const { data: facets } = useSuspenseQuery(trpc.history.facets.queryOptions({}))
  const refresh = () => queryClient.invalidateQueries(trpc.contracts.pathFilter())
  const onError = (error: unknown) => {
    toast.error(describeError(error).detail)
    void refresh()
  }
  const star = useMutation(trpc.contracts.star.mutationOptions({ onSuccess: refresh, onError }))
  const rename = useMutation(trpc.contracts.rename.mutationOptions({ onSuccess: refresh, onError }))
  const contracts = useMemo(() => list.data.pages.flatMap((page) => page.entries), [list.data])
  const total = list.data.pages[0]?.totalCount ?? 0
  const filtered = filters.search !== '' || filters.repository || filters.agent || filters.starred
  return (
    <>
      <PageHeader
        title="Contracts"
        actions={
          <Button variant="primary" onClick={() => setMaking(true)}>
            <Plus size={13} aria-hidden /> New contract
          </Button>
        }
      />
      {making && <NewContractDialog open onClose={() => setMaking(false)} />}
      <ContractFilterBar
        filters={filters}
        repositories={facets.repositories}
        agents={facets.agents}
        totalCount={total}
        onChange={(next) => void setFilters(next)}
      />
      {contracts.length === 0 ? (
        filtered ? (
          <EmptyState title="No contract fits">
            <Button className="mt-2" onClick={() => void setFilters(null)}>
              Clear search and filters
            </Button>
          </EmptyState>
        ) : (
          <EmptyState title="No contracts yet">
            <p className="mb-3">A contract is a piece of work that was asked for, with its tasks and one timeline.</p>
            <Link href="/" className={buttonClass({ variant: 'primary', size: 'md' })}>
              See how to begin
            </Link>
          </EmptyState>
        )
      ) : (
        <ContractTable
          contracts={contracts}
          hasMore={list.hasNextPage}
          loadingMore={list.isFetchingNextPage}
          onMore={() => void list.fetchNextPage()}
          onStar={(id, starred) => star.mutate({ id, starred })}
          onRename={(id, name) => rename.mutate({ id, name })}
          pendingStar={star.isPending ? star.variables : null}
          pendingName={rename.isPending ? rename.variables : null}
        />
      )}
    </>
  )
}
