'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useState } from 'react'
import { toast } from '@/components/ui/toast'
import type { OperationView } from '@/server/services/views'
import { useTRPC } from '@/components/trpc'
import { useOperationDialog } from './operation-dialogs'

/** Starts an operation, follows it until it ends, then says so with a way to undo it. */
export function useOperationRun({
  run,
  onClose,
  onDone,
}: {
  run: (planHash: string) => Promise<OperationView>
  onClose: () => void
  onDone?: (operation: OperationView) => void
}) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const ask = useOperationDialog()
  const [followed, setFollowed] = useState<string | null>(null)
  const [failure, setFailure] = useState<string | null>(null)

  const settle = (operation: OperationView) => {
    if (operation.state === 'queued' || operation.state === 'running') {
      setFollowed(operation.id)
      return
    }
    setFollowed(null)
    void queryClient.invalidateQueries()
    if (operation.state === 'failed') {
      setFailure(operation.error?.detail ?? 'The worker could not do it. Nothing was left half done.')
      return
    }
    onClose()
    toast.success(operation.summary, {
      duration: 12_000,
      action: operation.canUndo
        ? {
            label: 'Undo',
            onClick: () => ask({ kind: 'undo', operationId: operation.id, summary: operation.summary }),
          }
        : undefined,
    })
    onDone?.(operation)
  }

  const mutation = useMutation({ mutationFn: run, onSuccess: settle })
  const poll = useQuery(
    trpc.operations.get.queryOptions(
      { id: followed ?? '' },
      { enabled: followed !== null, refetchInterval: 600, staleTime: 0 },
    ),
  )
  const followedState = poll.data && poll.data.id === followed ? poll.data.state : null
  const onPolled = useEffectEvent(() => {
    if (poll.data && followedState !== 'queued' && followedState !== 'running') settle(poll.data)
  })
  useEffect(() => {
    if (followedState) onPolled()
  }, [followedState])

  const running = mutation.isPending || followed !== null
  return {
    running,
    progress: !running ? null : poll.data?.step && followed ? `Working: ${poll.data.step}` : 'Working',
    error: failure ?? mutation.error,
    start: (planHash: string) => {
      setFailure(null)
      mutation.mutate(planHash)
    },
    reset: () => {
      setFailure(null)
      mutation.reset()
    },
  }
}
