'use client'
import { Tabs } from '@base-ui/react/tabs'
import { useQueryStates } from 'nuqs'
import { ImportsPanel } from '@/components/imports/imports-panel'
import { PageHeader } from '@/components/shell/page-header'
import { SharesPanel } from '@/components/shares/shares-panel'
import { TabList } from '@/components/ui/tab-list'
import { OperationLog } from './operation-log'
import { operationsParsers } from './operations-params'
import { ShelfPanel } from './shelf-panel'

/** What was asked for, what it left behind, and what was brought in. */
export function OperationsScreen() {
  const [params, setParams] = useQueryStates(operationsParsers, { history: 'push' })
  return (
    <>
      <PageHeader title="Operations" />
      <Tabs.Root
        value={params.tab}
        onValueChange={(tab) => void setParams({ tab, import: null })}
        className="flex min-h-0 flex-1 flex-col"
      >
        <TabList
          label="Operations"
          tabs={[
            { value: 'log', label: 'Log' },
            { value: 'shelf', label: 'Recover shelf' },
            { value: 'imports', label: 'Imports' },
            { value: 'shares', label: 'Shares' },
          ]}
        />
        <Tabs.Panel value="log" className="flex min-h-0 flex-1 flex-col outline-none">
          <OperationLog />
        </Tabs.Panel>
        <Tabs.Panel value="shelf" className="flex min-h-0 flex-1 flex-col outline-none">
          <ShelfPanel />
        </Tabs.Panel>
        <Tabs.Panel value="shares" className="flex min-h-0 flex-1 flex-col outline-none">
          <SharesPanel />
        </Tabs.Panel>
        <Tabs.Panel value="imports" className="min-h-0 flex-1 overflow-y-auto outline-none">
          <ImportsPanel selected={params.import} onSelect={(id) => void setParams({ import: id })} />
        </Tabs.Panel>
      </Tabs.Root>
    </>
  )
}
