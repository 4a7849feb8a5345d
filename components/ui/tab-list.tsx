'use client'
import { Tabs } from '@base-ui/react/tabs'

/** The row of tabs inside a `Tabs.Root`. */
export function TabList({ label, tabs }: { label: string; tabs: { value: string; label: string; count?: string }[] }) {
  return (
    <Tabs.List aria-label={label} className="flex h-9 shrink-0 items-stretch gap-4 border-b border-line px-4">
      {tabs.map((tab) => (
        <Tabs.Tab
          key={tab.value}
          value={tab.value}
          className="-mb-px border-b-2 border-transparent text-xs font-medium text-ink-2 hover:text-ink data-active:border-accent data-active:text-ink"
        >
          {tab.label}
          {tab.count && <span className="tabular ml-1.5 text-ink-3">{tab.count}</span>}
        </Tabs.Tab>
      ))}
    </Tabs.List>
  )
}
