'use client'
import { keepPreviousData, useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useQueryStates } from 'nuqs'
import { PageHeader } from '@/components/shell/page-header'
import { useTRPC, useTRPCClient } from '@/components/trpc'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { describeError } from '@/components/ui/error-text'
import { PagedList } from '@/components/ui/paged-list'
import { SearchField } from '@/components/ui/search-field'
import { SelectField } from '@/components/ui/select-field'
import { SkeletonRows } from '@/components/ui/skeleton-rows'
import { useDebounced } from '@/components/ui/use-debounced'
import { searchParsers, toSearchInput } from './search-filters'
import { SearchHitRow } from './search-hit'

const ROW = 68
/** Typing is not followed letter by letter. */
const STILL_MS = 200

/** Everything that was said and done, by its words. */
export function SearchScreen() {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const [filters, setFilters] = useQueryStates(searchParsers, { history: 'replace' })
  const { data: facets } = useSuspenseQuery(trpc.history.facets.queryOptions({}))
  const input = toSearchInput({ ...filters, q: useDebounced(filters.q, STILL_MS) })
  const found = useInfiniteQuery({
    queryKey: [...trpc.search.find.queryKey(input), 'pages'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      client.search.find.query({ ...input, ...(pageParam ? { cursor: pageParam } : {}) }, { signal }),
    getNextPageParam: (page) => page.cursor,
    enabled: input.q !== '',
    placeholderData: keepPreviousData,
    retry: false,
  })
  const hits = found.data?.pages.flatMap((page) => page.hits) ?? []
  return (
    <>
      <PageHeader title="Search" />
      <div role="search" className="flex min-h-11 flex-wrap items-center gap-1.5 border-b border-line px-4 py-1.5">
        <SearchField
          autoFocus
          label="Search for"
          placeholder='Words of a message, a command, an output; "side by side", -without'
          value={filters.q}
          onChange={(q) => void setFilters({ q: q || null })}
          className="min-w-0 flex-1 max-sm:basis-full"
        />
        {facets.repositories.length > 0 && (
          <SelectField
            label="Repository"
            value={filters.repository ?? ''}
            onChange={(repository) => void setFilters({ repository: repository || null })}
            options={[
              { value: '', label: 'All repositories' },
              ...facets.repositories.map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
        )}
        <SelectField
          label="Agent"
          value={filters.agent ?? ''}
          onChange={(agent) => void setFilters({ agent: agent || null })}
          options={[{ value: '', label: 'All agents' }, ...facets.agents.map((name) => ({ value: name, label: name }))]}
        />
      </div>
      {input.q === '' ? (
        <EmptyState title="Search everything that was said and done">
          Messages, what tools were asked, and what they answered. What came in a moment ago is found a few seconds
          later.
        </EmptyState>
      ) : found.error ? (
        <EmptyState title="This could not be searched for">
          <p role="alert">{describeError(found.error).detail}</p>
        </EmptyState>
      ) : found.isPending ? (
        <SkeletonRows rows={10} height={ROW} label="Searching" />
      ) : hits.length === 0 ? (
        <EmptyState title="Nothing was found">
          <p>Try fewer words, or only the beginning of one.</p>
          {(filters.agent ?? filters.repository) && (
            <Button className="mt-2" onClick={() => void setFilters({ agent: null, repository: null })}>
              Search everywhere
            </Button>
          )}
        </EmptyState>
      ) : (
        <PagedList
          label="Found messages"
          count={hits.length}
          rowHeight={ROW}
          keyOf={(index) => hits[index]?.messageId ?? index}
          hasMore={found.hasNextPage}
          loadingMore={found.isFetchingNextPage}
          onMore={() => void found.fetchNextPage()}
          render={(index) => {
            const hit = hits[index]
            return hit && <SearchHitRow hit={hit} />
          }}
        />
      )}
    </>
  )
}
