'use client'
import { ResumeDialog } from '@/components/runs/resume-dialog'
import { ShareDialog } from '@/components/shares/share-dialog'
import { BranchDialog } from './branch-dialog'
import { ForkDialog } from './fork-dialog'
import type { OperationRequest } from './operation-request'
import { RestoreDialog } from './restore-dialog'
import { RewindDialog } from './rewind-dialog'
import { UndoDialog } from './undo-dialog'

/** The dialog of the asked kind. */
export function OperationDialog({
  request,
  ...rest
}: {
  request: OperationRequest
  open: boolean
  onClose: () => void
}) {
  switch (request.kind) {
    case 'rewind':
      return <RewindDialog request={request} {...rest} />
    case 'fork':
      return <ForkDialog request={request} {...rest} />
    case 'branch':
      return <BranchDialog request={request} {...rest} />
    case 'resume':
      return <ResumeDialog request={request} {...rest} />
    case 'share':
      return <ShareDialog request={request} {...rest} />
    case 'undo':
      return <UndoDialog request={request} {...rest} />
    case 'restore':
      return <RestoreDialog request={request} {...rest} />
    default:
      return request satisfies never
  }
}
