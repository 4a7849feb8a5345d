'use client'
import type { UseQueryResult } from '@tanstack/react-query'
import { LoaderCircle } from 'lucide-react'
import type { ReactNode } from 'react'
import type { OperationView, PlanView } from '@/server/services/views'
import { Button } from '@/components/ui/button'
import { describeError, isConflict } from '@/components/ui/error-text'
import { Modal } from '@/components/ui/modal'
import { Skeleton } from '@/components/ui/skeleton'
import { AgentsAtWork } from './agents-at-work'
import { PlanBody } from './plan-body'
import { useOperationRun } from './use-operation-run'

/**
 * The frame of every operation: inputs, then the plan they lead to, then the button that names the act.
 * What is done is exactly what was shown: the plan's hash goes with the request.
 */
export function PlanDialog({
  title,
  open,
  onClose,
  form,
  plan,
  missing = null,
  danger = false,
  fallbackButton,
  run,
  onDone,
}: {
  title: string
  open: boolean
  onClose: () => void
  form?: ReactNode
  plan: UseQueryResult<PlanView, unknown>
  /** What the person must still give before there can be a plan. */
  missing?: string | null
  danger?: boolean
  fallbackButton: string
  run: (planHash: string) => Promise<OperationView>
  onDone?: (operation: OperationView) => void
}) {
  const operation = useOperationRun({ run, onClose, onDone })
  const current = plan.data && !missing ? plan.data : null
  const stale = plan.isPlaceholderData || missing !== null
  const retry = () => {
    operation.reset()
    void plan.refetch()
  }
  return (
    <Modal
      open={open}
      onClose={onClose}
      title={title}
      wide
      footer={
        <>
          <p role="status" className="mr-auto text-xs text-ink-2">
            {operation.progress ?? (plan.isFetching && !operation.running ? 'Looking at what would happen' : '')}
          </p>
          <Button size="md" onClick={onClose}>
            {operation.running ? 'Close' : 'Cancel'}
          </Button>
          <Button
            size="md"
            variant={danger ? 'danger' : 'primary'}
            disabled={!current || stale || current.agents.length > 0 || operation.running}
            onClick={() => current && operation.start(current.planHash)}
          >
            {operation.running && <LoaderCircle size={14} className="animate-spin" aria-hidden />}
            {current?.button ?? fallbackButton}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {form}
        {current && current.agents.length > 0 && (
          <AgentsAtWork agents={current.agents} onLook={() => void plan.refetch()} />
        )}
        {operation.error !== null && <PlanProblem error={operation.error} onRetry={retry} />}
        {missing ? (
          <p className="text-sm text-ink-2">{missing}</p>
        ) : plan.isError ? (
          <PlanProblem error={plan.error} onRetry={retry} />
        ) : current ? (
          <PlanBody plan={current} />
        ) : (
          <div role="status" aria-label="Looking at what would happen" className="flex flex-col gap-2">
            <Skeleton className="h-4 w-3/4" />
            <Skeleton className="h-3 w-1/2" />
            <Skeleton className="h-24 w-full" />
          </div>
        )}
      </div>
    </Modal>
  )
}

function PlanProblem({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const text = typeof error === 'string' ? { title: 'It was not done', detail: error } : describeError(error)
  return (
    <div
      role="alert"
      className="flex items-start gap-3 rounded-md border border-del-mark bg-del-soft px-3 py-2 text-sm"
    >
      <div className="min-w-0 flex-1">
        <p className="font-medium text-del">{text.title}</p>
        <p className="text-ink">{text.detail}</p>
      </div>
      <Button onClick={onRetry}>{isConflict(error) ? 'Look at the new plan' : 'Try again'}</Button>
    </div>
  )
}
