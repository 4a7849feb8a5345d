'use client'
import { GitCommitVertical } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { toast } from '@/components/ui/toast'
import type { TaskView } from '@/server/services/views'
import { useTRPCClient } from '@/components/trpc'
import { Button } from '@/components/ui/button'
import { describeError } from '@/components/ui/error-text'
import { Modal } from '@/components/ui/modal'
import { TextField } from '@/components/ui/text-field'
import { useOperationRun } from './use-operation-run'

/** Saves the files of a task's worktree as they are now. */
export function TakeCheckpoint({ task }: { task: TaskView }) {
  const client = useTRPCClient()
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const [message, setMessage] = useState('')
  const operation = useOperationRun({
    run: () => client.operations.takeCheckpoint.mutate({ taskId: task.id, message: message.trim() || undefined }),
    onClose: () => setOpen(false),
    onDone: (done) => {
      const id = done.result?.checkpointId
      setMessage('')
      if (typeof id === 'string') {
        toast('The checkpoint can be opened', {
          action: { label: 'Open', onClick: () => router.push(`/checkpoints/${id}`) },
        })
      }
    },
  })
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    operation.start('')
  }
  return (
    <>
      <Button
        disabled={task.codeUnavailableReason !== null}
        title={task.codeUnavailableReason ?? 'Save the files as they are now'}
        onClick={() => setOpen(true)}
      >
        <GitCommitVertical size={13} aria-hidden /> Take checkpoint
      </Button>
      <Modal
        open={open}
        onClose={() => setOpen(false)}
        title="Take a checkpoint"
        description="Saves the files as they are now, untracked ones included. HEAD, index and stashes are not touched."
        footer={
          <>
            <p role="status" className="mr-auto text-xs text-ink-2">
              {operation.progress}
            </p>
            <Button size="md" onClick={() => setOpen(false)}>
              Cancel
            </Button>
            <Button size="md" variant="primary" type="submit" form="take-checkpoint" disabled={operation.running}>
              Take checkpoint
            </Button>
          </>
        }
      >
        <form id="take-checkpoint" onSubmit={onSubmit}>
          <TextField
            label="What is this moment (may be empty)"
            autoFocus
            maxLength={500}
            value={message}
            onChange={(event) => setMessage(event.target.value)}
          />
        </form>
        {operation.error !== null && (
          <p role="alert" className="mt-3 text-sm text-del">
            {typeof operation.error === 'string' ? operation.error : describeError(operation.error).detail}
          </p>
        )}
      </Modal>
    </>
  )
}
