'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { useTRPC, useTRPCClient } from '@/components/trpc'
import { TextField } from '@/components/ui/text-field'
import { ToggleSwitch } from '@/components/ui/toggle-switch'
import { useDebounced } from '@/components/ui/use-debounced'
import type { OperationRequest } from './operation-request'
import { useOperationDialog } from './operation-dialogs'
import { PlanDialog } from './plan-dialog'

/** A new task with its own folder and branch from a point of another. */
export function ForkDialog({
  request,
  open,
  onClose,
}: {
  request: Extract<OperationRequest, { kind: 'fork' }>
  open: boolean
  onClose: () => void
}) {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const router = useRouter()
  const ask = useOperationDialog()
  const [name, setName] = useState(`${request.taskName} (fork)`.slice(0, 120))
  const [plan, setPlan] = useState('')
  const [includeConversation, setIncludeConversation] = useState(true)
  const [startsAgent, setStartsAgent] = useState(false)
  const [createBranch, setCreateBranch] = useState(true)
  const [branchName, setBranchName] = useState('')
  const branch = useDebounced(branchName.trim(), 350)
  const input = {
    taskId: request.taskId,
    forkFromType: request.from.type,
    forkFromValue: request.from.value,
    includeConversation,
    createBranch,
    branchName: createBranch && branch !== '' ? branch : undefined,
  }
  const missing = name.trim() === '' ? 'Give the new task a name.' : null
  const preview = useQuery(
    trpc.operations.previewFork.queryOptions(input, {
      placeholderData: keepPreviousData,
      staleTime: 0,
      gcTime: 0,
      retry: false,
      enabled: open && branch === branchName.trim(),
    }),
  )
  return (
    <PlanDialog
      title={`Fork “${request.taskName}” from ${request.place}`}
      open={open}
      onClose={onClose}
      plan={preview}
      missing={missing}
      fallbackButton="Fork"
      run={(planHash) =>
        client.operations.fork.mutate({
          ...input,
          newTaskName: name.trim(),
          newTaskPlan: plan.trim() === '' ? undefined : plan.trim(),
          planHash,
        })
      }
      onDone={(operation) => {
        const id = operation.result?.newTaskId
        if (typeof id !== 'string') return
        router.push(`/tasks/${id}`)
        if (startsAgent) ask({ kind: 'resume', taskId: id, taskName: name.trim(), messageId: null, place: null })
      }}
      form={
        <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">
          <TextField label="Name of the new task" value={name} onChange={(event) => setName(event.target.value)} />
          <TextField
            label="What it should try (may be empty)"
            value={plan}
            onChange={(event) => setPlan(event.target.value)}
          />
          <ToggleSwitch
            checked={includeConversation}
            onChange={setIncludeConversation}
            label="Take the conversation along"
            hint="The talk up to this point; no message is copied."
          />
          <ToggleSwitch
            checked={startsAgent}
            onChange={setStartsAgent}
            label="Then start an agent in it"
            hint="You see first what it will know and be told."
          />
          <div>
            <ToggleSwitch checked={createBranch} onChange={setCreateBranch} label="On a branch of its own" />
            {createBranch && (
              <TextField
                label="Branch name"
                hideLabel
                mono
                placeholder="named after the task"
                value={branchName}
                onChange={(event) => setBranchName(event.target.value)}
              />
            )}
          </div>
        </div>
      }
    />
  )
}
