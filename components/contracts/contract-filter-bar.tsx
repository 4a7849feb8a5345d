'use client'
import { Star } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { cx } from '@/components/ui/cx'
import { formatNoun } from '@/components/ui/format'
import { SearchField } from '@/components/ui/search-field'
import { SelectField } from '@/components/ui/select-field'
import type { ContractFilters, SORTS } from './contract-filters'

const SORT_NAMES: Record<(typeof SORTS)[number], string> = {
  activity: 'Last activity',
  name: 'Name',
  tokens: 'Most tokens',
  cost: 'Highest cost',
}

/** Search, order and filters of the list of contracts. */
export function ContractFilterBar({
  filters,
  repositories,
  agents,
  totalCount,
  onChange,
}: {
  filters: ContractFilters
  repositories: { id: string; name: string }[]
  agents: string[]
  totalCount: number
  onChange: (next: Partial<ContractFilters>) => void
}) {
  return (
    <div role="search" className="flex min-h-11 flex-wrap items-center gap-1.5 border-b border-line px-4 py-1.5">
      <SearchField
        label="Search contracts"
        placeholder="Search by name or goal"
        value={filters.search}
        onChange={(search) => onChange({ search })}
        className="w-60 max-sm:w-full"
      />
      <SelectField
        label="Order"
        value={filters.sort}
        onChange={(sort) => onChange({ sort: sort as ContractFilters['sort'] })}
        options={Object.entries(SORT_NAMES).map(([value, label]) => ({ value, label }))}
      />
      {repositories.length > 0 && (
        <SelectField
          label="Repository"
          value={filters.repository ?? ''}
          onChange={(repository) => onChange({ repository: repository || null })}
          options={[
            { value: '', label: 'Every repository' },
            ...repositories.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          className="max-w-48"
        />
      )}
      {agents.length > 0 && (
        <SelectField
          label="Agent"
          value={filters.agent ?? ''}
          onChange={(agent) => onChange({ agent: agent || null })}
          options={[{ value: '', label: 'Every agent' }, ...agents.map((value) => ({ value, label: value }))]}
        />
      )}
      <Button
        aria-pressed={filters.starred}
        onClick={() => onChange({ starred: !filters.starred })}
        className={cx(filters.starred && '!bg-accent-soft')}
      >
        <Star size={13} aria-hidden fill={filters.starred ? 'currentColor' : 'none'} /> Starred
      </Button>
      <p role="status" className="tabular ml-auto text-xs text-ink-3">
        {formatNoun(totalCount, 'contract')}
      </p>
    </div>
  )
}
