'use client'
import { Play } from 'lucide-react'
import type { TaskView } from '@/server/services/views'
import { useOperationDialog } from '@/components/operations/operation-dialogs'
import { Button } from '@/components/ui/button'

/** Lets the agent of a task go on. */
export function ResumeButton({ task }: { task: TaskView }) {
  const ask = useOperationDialog()
  const isSubagent = task.parentTaskId !== null && task.spawnedByToolId !== null
  const reason = isSubagent ? 'A subagent lives in the session of the task that started it. Resume that one.' : null
  return (
    <Button
      variant={task.status === 'interrupted' ? 'primary' : 'secondary'}
      disabled={reason !== null || task.status === 'running'}
      title={reason ?? (task.status === 'running' ? 'An agent is at work here.' : 'Let the agent go on')}
      onClick={() => ask({ kind: 'resume', taskId: task.id, taskName: task.name, messageId: null, place: null })}
    >
      <Play size={13} aria-hidden /> {task.messageCount === 0 ? 'Start' : 'Resume'}
    </Button>
  )
}
