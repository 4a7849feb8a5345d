'use client'
import { Play } from 'lucide-react'
import type { ContractDetail } from '@/server/services/views'
import { useOperationDialog } from '@/components/operations/operation-dialogs'
import { Button } from '@/components/ui/button'

/** On a contract whose work was cut off: what stands still, and one button that lets all of it go on. */
export function InterruptedBanner({ contract }: { contract: ContractDetail }) {
  const ask = useOperationDialog()
  const supervisor = contract.tasks.find((task) => task.id === contract.supervisorTaskId)
  // A subagent that was cut off goes on with the task that started it.
  const interrupted = contract.tasks.filter((task) => task.status === 'interrupted' && task.spawnedByToolId === null)
  if (interrupted.length === 0 || !supervisor) return null
  const names = interrupted.slice(0, 3).map((task) => `“${task.name.slice(0, 60)}”`)
  const more = interrupted.length > 3 ? ` and ${interrupted.length - 3} more` : ''
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-3 border-b border-line bg-warn-soft px-4 py-2 text-sm"
    >
      <p className="min-w-0 flex-1">
        <span className="font-medium text-warn">Interrupted:</span> {names.join(', ')}
        {more} stopped in the middle of a turn.
      </p>
      <Button
        variant="primary"
        onClick={() =>
          ask({
            kind: 'resume',
            taskId: supervisor.id,
            taskName: contract.name,
            messageId: null,
            place: null,
            contractId: contract.id,
          })
        }
      >
        <Play size={13} aria-hidden /> Resume the contract
      </Button>
    </div>
  )
}
