import type { ContractDetail } from '@/server/services/views'
import { Facts } from '@/components/ui/facts'
import { formatCount } from '@/components/ui/format'
import { RelativeTime } from '@/components/ui/relative-time'
import { PhaseBadge } from './phase-badge'
import { tellCost, tellTokens } from './token-total'

/** The numbers of a contract in one line. */
export function ContractTotals({ contract }: { contract: ContractDetail }) {
  const tokens = tellTokens(contract.tokens)
  return (
    <Facts
      facts={[
        { name: 'Phase', value: <PhaseBadge phase={contract.phase} /> },
        { name: 'Repository', value: contract.repository?.name ?? 'not known', title: contract.repository?.path },
        { name: 'Agents', value: contract.agents.join(', ') || '–' },
        { name: 'Tasks', value: formatCount(contract.taskCount) },
        { name: 'Messages', value: formatCount(contract.messageCount) },
        { name: 'Checkpoints', value: formatCount(contract.checkpointCount) },
        { name: 'Tokens', value: tokens.short, title: tokens.parts },
        { name: 'Cost', value: tellCost(contract) },
        { name: 'Last activity', value: <RelativeTime at={contract.lastActivityAt} /> },
      ]}
    />
  )
}
