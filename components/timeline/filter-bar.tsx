'use client'
import { Menu } from '@base-ui/react/menu'
import { Check, ListFilter } from 'lucide-react'
import { type RefObject, useRef } from 'react'
import { buttonClass } from '@/components/ui/button-class'
import { Chip } from '@/components/ui/chip'
import { formatCount, formatDay } from '@/components/ui/format'
import { useKeys } from '@/components/ui/use-keys'
import { type EventFilters, PHASE_NAMES } from './event-filters'
import { EVENT_NAMES } from './event-names'
import { TimeFilter } from './time-filter'

export type Facets = {
  repositories: { id: string; name: string }[]
  agents: string[]
  eventTypes: { type: string; n: number }[]
}

type Props = {
  filters: EventFilters
  facets: Facets | undefined
  totalCount: number | null
  onChange: (next: Partial<EventFilters>) => void
}

/** What is shown and what is left out, as chips; `/` opens the menu. */
export function FilterBar({ filters, facets, totalCount, onChange }: Props) {
  const trigger = useRef<HTMLButtonElement>(null)
  useKeys({ '/': () => trigger.current?.click() })
  const now = new Date()
  const without = (list: readonly string[] | null, value: string) => {
    const rest = (list ?? []).filter((each) => each !== value)
    return rest.length > 0 ? rest : null
  }
  const repository = facets?.repositories.find((each) => each.id === filters.repository)
  return (
    <div role="group" aria-label="Filters" className="flex min-h-10 flex-wrap items-center gap-1.5 px-4 py-1.5">
      <FilterMenu trigger={trigger} filters={filters} facets={facets} onChange={onChange} />
      <TimeFilter from={filters.from} to={filters.to} onChange={(range) => onChange(range)} />
      {filters.phase?.map((phase) => (
        <Chip
          key={phase}
          label={phase}
          onRemove={() => onChange({ phase: without(filters.phase, phase) as EventFilters['phase'] })}
        />
      ))}
      {filters.type?.map((type) => (
        <Chip
          key={type}
          label={EVENT_NAMES[type] ?? type}
          onRemove={() => onChange({ type: without(filters.type, type) })}
        />
      ))}
      {filters.agent?.map((agent) => (
        <Chip key={agent} label={agent} onRemove={() => onChange({ agent: without(filters.agent, agent) })} />
      ))}
      {filters.repository && (
        <Chip label={repository?.name ?? 'one repository'} onRemove={() => onChange({ repository: null })} />
      )}
      {(filters.from || filters.to) && (
        <Chip
          label={`${filters.from ? formatDay(filters.from, now) : 'start'} – ${filters.to ? formatDay(new Date(filters.to.getTime() - 1), now) : 'now'}`}
          onRemove={() => onChange({ from: null, to: null })}
        />
      )}
      <p role="status" className="tabular ml-auto text-xs text-ink-3">
        {totalCount !== null && `${formatCount(totalCount)} ${totalCount === 1 ? 'event' : 'events'}`}
      </p>
    </div>
  )
}

function FilterMenu({
  trigger,
  filters,
  facets,
  onChange,
}: Pick<Props, 'filters' | 'facets' | 'onChange'> & { trigger: RefObject<HTMLButtonElement | null> }) {
  const toggle = <T extends string>(list: readonly T[] | null, value: T): T[] | null => {
    const next = list?.includes(value) ? list.filter((each) => each !== value) : [...(list ?? []), value]
    return next.length > 0 ? next : null
  }
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger ref={trigger} className={buttonClass()}>
        <ListFilter size={13} aria-hidden /> Filter
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner align="start" sideOffset={4} className="z-50">
          <Menu.Popup className="max-h-[min(70dvh,520px)] w-64 overflow-y-auto rounded-lg border border-line bg-raised p-1 shadow-lift outline-none">
            <FilterGroup
              label="Phase"
              options={PHASE_NAMES.map((value) => ({ value, label: value }))}
              chosen={filters.phase ?? []}
              onToggle={(value) => onChange({ phase: toggle(filters.phase, value) })}
            />
            <FilterGroup
              label="Kind"
              options={(facets?.eventTypes ?? []).map(({ type, n }) => ({
                value: type,
                label: EVENT_NAMES[type] ?? type,
                n,
              }))}
              chosen={filters.type ?? []}
              onToggle={(value) => onChange({ type: toggle(filters.type, value) })}
            />
            <FilterGroup
              label="Agent"
              options={(facets?.agents ?? []).map((value) => ({ value, label: value }))}
              chosen={filters.agent ?? []}
              onToggle={(value) => onChange({ agent: toggle(filters.agent, value) })}
            />
            <FilterGroup
              label="Repository"
              options={(facets?.repositories ?? []).map(({ id, name }) => ({ value: id, label: name }))}
              chosen={filters.repository ? [filters.repository] : []}
              onToggle={(value) => onChange({ repository: value === filters.repository ? null : value })}
            />
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}

function FilterGroup<T extends string>({
  label,
  options,
  chosen,
  onToggle,
}: {
  label: string
  options: { value: T; label: string; n?: number }[]
  chosen: readonly T[]
  onToggle: (value: T) => void
}) {
  if (options.length === 0) return null
  return (
    <Menu.Group>
      <Menu.GroupLabel className="px-2 pt-2 pb-1 text-2xs font-medium text-ink-3">{label}</Menu.GroupLabel>
      {options.map((option) => (
        <Menu.CheckboxItem
          key={option.value}
          checked={chosen.includes(option.value)}
          onCheckedChange={() => onToggle(option.value)}
          closeOnClick={false}
          className="flex h-7 cursor-default items-center gap-2 rounded-md px-2 text-sm outline-none select-none data-highlighted:bg-hover pointer-coarse:h-10"
        >
          <span className="flex size-3.5 items-center justify-center rounded-sm border border-line-strong">
            <Menu.CheckboxItemIndicator>
              <Check size={11} aria-hidden className="text-accent" />
            </Menu.CheckboxItemIndicator>
          </span>
          <span className="truncate">{option.label}</span>
          {option.n !== undefined && (
            <span className="tabular ml-auto text-xs text-ink-3">{formatCount(option.n)}</span>
          )}
        </Menu.CheckboxItem>
      ))}
    </Menu.Group>
  )
}
