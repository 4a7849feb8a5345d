'use client'
import { useQuery } from '@tanstack/react-query'
import { useTRPC, useTRPCClient } from '@/components/trpc'
import type { OperationRequest } from './operation-request'
import { PlanDialog } from './plan-dialog'

/** Brings back what lies on the recover shelf. */
export function RestoreDialog({
  request,
  open,
  onClose,
}: {
  request: Extract<OperationRequest, { kind: 'restore' }>
  open: boolean
  onClose: () => void
}) {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const input = { id: request.shelfItemId }
  const preview = useQuery(
    trpc.shelf.previewRestore.queryOptions(input, { staleTime: 0, gcTime: 0, retry: false, enabled: open }),
  )
  return (
    <PlanDialog
      title="Bring back from the shelf"
      open={open}
      onClose={onClose}
      plan={preview}
      fallbackButton="Bring back"
      run={(planHash) => client.shelf.restore.mutate({ ...input, planHash })}
      form={<p className="text-sm text-ink-2">Left behind by: {request.summary}</p>}
    />
  )
}
