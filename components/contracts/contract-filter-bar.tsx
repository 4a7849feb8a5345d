'use client'
import { Search, Star } from 'lucide-react'
import { useRef } from 'react'
import { Button } from '@/components/ui/button'
import { cx } from '@/components/ui/cx'
import { formatNoun } from '@/components/ui/format'
import { SelectField } from '@/components/ui/select-field'
import { useKeys } from '@/components/ui/use-keys'
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
  const input = useRef<HTMLInputElement>(null)
  useKeys({ '/': () => input.current?.focus() })
  return (
    <div role="search" className="flex min-h-11 flex-wrap items-center gap-1.5 border-b border-line px-4 py-1.5">
      <div className="relative w-60 max-sm:w-full">
        <Search size={13} aria-hidden className="absolute top-1/2 left-2 -translate-y-1/2 text-ink-3" />
        <input
          ref={input}
          type="search"
          aria-label="Search contracts"
          placeholder="Search by name or goal"
          value={filters.search}
          onChange={(event) => onChange({ search: event.target.value })}
          onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
          className="tap h-7 w-full rounded-md border border-line bg-raised pr-2 pl-7 text-xs"
        />
      </div>
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
