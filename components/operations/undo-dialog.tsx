'use client'
import { useQuery } from '@tanstack/react-query'
import { useTRPC, useTRPCClient } from '@/components/trpc'
import type { OperationRequest } from './operation-request'
import { PlanDialog } from './plan-dialog'

/** Brings back the state before an operation. */
export function UndoDialog({
  request,
  open,
  onClose,
}: {
  request: Extract<OperationRequest, { kind: 'undo' }>
  open: boolean
  onClose: () => void
}) {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const input = { operationId: request.operationId }
  const preview = useQuery(
    trpc.operations.previewUndo.queryOptions(input, { staleTime: 0, gcTime: 0, retry: false, enabled: open }),
  )
  return (
    <PlanDialog
      title="Undo"
      open={open}
      onClose={onClose}
      plan={preview}
      fallbackButton="Undo"
      run={(planHash) => client.operations.undo.mutate({ ...input, planHash })}
      form={<p className="text-sm text-ink-2">Undoes: {request.summary}</p>}
    />
  )
}
