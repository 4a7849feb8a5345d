'use client'
import { Share2 } from 'lucide-react'
import type { TaskView } from '@/server/services/views'
import { useOperationDialog } from '@/components/operations/operation-dialogs'
import { Button } from '@/components/ui/button'

/** Leads to the dialog that shows what a reader would see. */
export function ShareButton({ task }: { task: TaskView }) {
  const ask = useOperationDialog()
  const isEmpty = task.messageCount === 0
  return (
    <Button
      disabled={isEmpty}
      title={isEmpty ? 'Nothing was said yet.' : 'Share the conversation by link'}
      onClick={() => ask({ kind: 'share', taskId: task.id, taskName: task.name, messageId: null })}
    >
      <Share2 size={13} aria-hidden /> Share
    </Button>
  )
}
