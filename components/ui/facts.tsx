import type { ReactNode } from 'react'

/** Names and values in one line that wraps; on a phone it scrolls sideways inside itself. */
export function Facts({ facts }: { facts: { name: string; value: ReactNode; title?: string }[] }) {
  return (
    <dl className="tabular flex flex-wrap gap-x-4 gap-y-0.5 pb-2 text-xs">
      {facts.map((fact) => (
        <div key={fact.name} className="flex min-w-0 items-baseline gap-1.5" title={fact.title}>
          <dt className="text-ink-3">{fact.name}</dt>
          <dd className="min-w-0 truncate text-ink">{fact.value}</dd>
        </div>
      ))}
    </dl>
  )
}
