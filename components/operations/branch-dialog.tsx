'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC, useTRPCClient } from '@/components/trpc'
import { TextField } from '@/components/ui/text-field'
import { useDebounced } from '@/components/ui/use-debounced'
import type { OperationRequest } from './operation-request'
import { PlanDialog } from './plan-dialog'

/** A git branch at a checkpoint; no task, no file touched. */
export function BranchDialog({
  request,
  open,
  onClose,
}: {
  request: Extract<OperationRequest, { kind: 'branch' }>
  open: boolean
  onClose: () => void
}) {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const [branchName, setBranchName] = useState('')
  const branch = useDebounced(branchName.trim(), 350)
  const input = { checkpointId: request.checkpointId, branchName: branch }
  const preview = useQuery(
    trpc.operations.previewBranch.queryOptions(input, {
      placeholderData: keepPreviousData,
      staleTime: 0,
      gcTime: 0,
      retry: false,
      enabled: open && branch !== '' && branch === branchName.trim(),
    }),
  )
  return (
    <PlanDialog
      title={`Branch from ${request.place}`}
      open={open}
      onClose={onClose}
      plan={preview}
      missing={branchName.trim() === '' ? 'Give the branch a name to see the plan.' : null}
      fallbackButton="Create branch"
      run={(planHash) => client.operations.branch.mutate({ ...input, planHash })}
      form={
        <TextField
          label="Branch name"
          mono
          autoFocus
          placeholder="try-another-way"
          value={branchName}
          onChange={(event) => setBranchName(event.target.value)}
        />
      }
    />
  )
}
