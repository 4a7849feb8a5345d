'use client'
import { useRouter } from 'next/navigation'
import type { CheckpointView, TaskView } from '@/server/services/views'
import { useOperationDialog } from '@/components/operations/operation-dialogs'
import { ActionMenu } from '@/components/ui/action-menu'
import { cx } from '@/components/ui/cx'
import { EmptyState } from '@/components/ui/empty-state'
import { firstLine, formatNoun } from '@/components/ui/format'
import { PlusMinus } from '@/components/ui/plus-minus'
import { RailList } from '@/components/ui/rail-list'
import { RelativeTime } from '@/components/ui/relative-time'
import { checkpointActions } from './point-actions'
import { useVisible, type VisibleIndex } from './visible-index'

/** The checkpoints of a task, the one that what is being read belongs to marked. */
export function CheckpointRail({
  task,
  checkpoints,
  visible,
  onShow,
}: {
  task: TaskView
  checkpoints: CheckpointView[]
  visible: VisibleIndex
  onShow: (index: number) => void
}) {
  const ask = useOperationDialog()
  const router = useRouter()
  const current = useVisible(visible, (index) =>
    checkpoints.findLastIndex((each) => each.messageIndex !== null && each.messageIndex <= index),
  )
  if (checkpoints.length === 0) {
    return (
      <EmptyState title="No checkpoints">
        {task.codeUnavailableReason ??
          'No commit was made during this session. Take a checkpoint to save the files as they are now.'}
      </EmptyState>
    )
  }
  return (
    <RailList
      label="Checkpoints"
      count={checkpoints.length}
      rowHeight={60}
      current={current}
      render={(index) => {
        const checkpoint = checkpoints[index]
        if (!checkpoint) return null
        const at = checkpoint.messageIndex
        return (
          <div
            className={cx(
              'relative flex h-full items-start gap-2 border-b border-line py-2 pr-1 pl-4',
              index === current && 'bg-accent-soft',
            )}
          >
            <button
              type="button"
              disabled={at === null}
              title={at === null ? 'Taken at a message that is not in force now' : 'Show where it was taken'}
              onClick={() => at !== null && onShow(at)}
              className="min-w-0 flex-1 text-left -outline-offset-1"
            >
              <span className="flex items-baseline gap-2">
                <span className="tabular shrink-0 text-xs font-semibold">{checkpoint.number}</span>
                <span className="truncate text-sm">{firstLine(checkpoint.message) || checkpoint.kind}</span>
              </span>
              <span className="flex items-center gap-2 text-xs text-ink-2">
                <PlusMinus additions={checkpoint.additions} deletions={checkpoint.deletions} />
                <span className="tabular">{formatNoun(checkpoint.files, 'file')}</span>
                <RelativeTime at={checkpoint.createdAt} className="ml-auto shrink-0 text-ink-2" />
              </span>
            </button>
            <ActionMenu
              label={`Actions for checkpoint ${checkpoint.number}`}
              actions={() => checkpointActions(checkpoint, { task, ask, open: router.push })}
            />
          </div>
        )
      }}
    />
  )
}
