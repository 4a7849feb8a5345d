'use client'
import { Pencil, Star } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import type { ContractView } from '@/server/services/views'
import { cx } from '@/components/ui/cx'
import { formatCount, formatNoun } from '@/components/ui/format'
import { IconButton } from '@/components/ui/icon-button'
import { RelativeTime } from '@/components/ui/relative-time'
import { SparkLine } from '@/components/ui/spark-line'
import { CONTRACT_COLUMNS } from './contract-columns'
import { PhaseBadge } from './phase-badge'
import { RenameField } from './rename-field'
import { tellCost, tellTokens } from './token-total'

/** One contract: a line of the table, on a phone a card. */
export function ContractRow({
  contract,
  onStar,
  onRename,
}: {
  contract: ContractView
  onStar: (id: string, starred: boolean) => void
  onRename: (id: string, name: string) => void
}) {
  const [renaming, setRenaming] = useState(false)
  const tokens = tellTokens(contract.tokens)
  return (
    <div
      role="presentation"
      className={cx(
        CONTRACT_COLUMNS,
        'group h-full px-4 text-sm max-md:flex max-md:flex-wrap max-md:content-center max-md:gap-y-0.5',
      )}
    >
      <span role="cell" className="max-md:order-2">
        <IconButton
          icon={Star}
          label={contract.starred ? `Unstar ${contract.name}` : `Star ${contract.name}`}
          aria-pressed={contract.starred}
          onClick={() => onStar(contract.id, !contract.starred)}
          className={cx('-ml-1.5', contract.starred && '!text-plan [&_svg]:fill-current')}
        />
      </span>
      <span role="cell" className="flex min-w-0 items-center gap-1.5 max-md:order-1 max-md:basis-[calc(100%-56px)]">
        {renaming ? (
          <RenameField
            name={contract.name}
            onDone={(name) => {
              setRenaming(false)
              if (name) onRename(contract.id, name)
            }}
          />
        ) : (
          <>
            <span className="min-w-0">
              <Link
                data-open
                href={`/contracts/${contract.id}`}
                className="block truncate font-medium hover:underline"
                title={contract.goal ?? contract.name}
              >
                {contract.name}
              </Link>
              <span className="block truncate text-2xs text-ink-3">
                {contract.repository ? contract.repository.name : 'no repository known'}
                {contract.sample && ' · sample'}
              </span>
            </span>
            <IconButton
              icon={Pencil}
              label={`Rename ${contract.name}`}
              onClick={() => setRenaming(true)}
              className="opacity-0 group-hover:opacity-100 focus-visible:opacity-100 max-md:hidden"
            />
          </>
        )}
      </span>
      <span role="cell" className="max-md:order-3">
        <PhaseBadge phase={contract.phase} />
      </span>
      <span role="cell" className="truncate text-xs text-ink-2 max-md:order-4" title={contract.agents.join(', ')}>
        {contract.agents.join(', ') || '–'}
      </span>
      <span
        role="cell"
        className="tabular text-right text-ink-2 max-md:order-5 max-md:text-xs"
        title={`${formatNoun(contract.messageCount, 'message')}, ${formatNoun(contract.checkpointCount, 'checkpoint')}`}
      >
        {formatCount(contract.taskCount)}
        <span className="md:hidden"> {contract.taskCount === 1 ? 'task' : 'tasks'}</span>
      </span>
      <span role="cell" className="max-md:hidden">
        <SparkLine values={contract.spark} label={`Activity of the last 30 days of ${contract.name}`} />
      </span>
      <span role="cell" className="tabular text-right text-ink-2 max-md:hidden" title={tokens.parts}>
        {tokens.short}
      </span>
      <span role="cell" className="tabular text-right text-ink-2 max-md:order-6 max-md:text-xs">
        {tellCost(contract)}
      </span>
      <span role="cell" className="text-right text-xs text-ink-2 max-md:order-7">
        <RelativeTime at={contract.lastActivityAt} />
      </span>
    </div>
  )
}
