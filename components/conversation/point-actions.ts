// What can be done at a message or a checkpoint, as entries of a menu.
import { Copy, GitBranch, GitCommitVertical, GitFork, Link2, Play, RotateCcw, Share2 } from 'lucide-react'
import type { CheckpointView, MessageView, TaskView } from '@/server/services/views'
import type { OperationRequest } from '@/components/operations/operation-request'
import { copyText } from '@/components/ui/copy-text'
import type { MenuAction } from '@/components/ui/menu-action'

type Tools = { task: TaskView; ask: (request: OperationRequest) => void; open: (href: string) => void }

/** The last checkpoint at or before a place in the conversation; null when there is none. */
export function findCheckpointAt(checkpoints: readonly CheckpointView[], index: number): CheckpointView | null {
  let found: CheckpointView | null = null
  for (const checkpoint of checkpoints) {
    if (checkpoint.messageIndex === null || checkpoint.messageIndex > index) continue
    if (!found || checkpoint.messageIndex >= (found.messageIndex ?? 0)) found = checkpoint
  }
  return found
}

export function messageActions(
  message: MessageView,
  checkpoints: readonly CheckpointView[],
  { task, ask, open }: Tools,
): MenuAction[] {
  const checkpoint = findCheckpointAt(checkpoints, message.index)
  const place = `message ${message.index + 1}`
  const target = { taskId: task.id, taskName: task.name, place }
  return [
    {
      label: 'Rewind here',
      icon: RotateCcw,
      onSelect: () =>
        ask({
          ...target,
          kind: 'rewind',
          checkpointId: checkpoint?.id ?? null,
          messageId: message.id,
          codeUnavailableReason: task.codeUnavailableReason,
          what: checkpoint ? 'both' : 'conversation',
        }),
    },
    {
      label: 'Fork from here',
      icon: GitFork,
      onSelect: () => ask({ ...target, kind: 'fork', from: { type: 'message_id', value: message.id } }),
    },
    {
      label: 'Resume from here',
      icon: Play,
      onSelect: () => ask({ ...target, kind: 'resume', messageId: message.id }),
    },
    {
      label: 'Share up to here',
      icon: Share2,
      onSelect: () => ask({ ...target, kind: 'share', messageId: message.id }),
    },
    {
      label: checkpoint ? `Branch at checkpoint ${checkpoint.number}` : 'Branch',
      icon: GitBranch,
      disabledReason: checkpoint ? null : 'There is no checkpoint at or before this message.',
      onSelect: () =>
        checkpoint &&
        ask({ ...target, kind: 'branch', place: `checkpoint ${checkpoint.number}`, checkpointId: checkpoint.id }),
    },
    ...(checkpoint
      ? [
          {
            label: `Open checkpoint ${checkpoint.number}`,
            icon: GitCommitVertical,
            onSelect: () => open(`/checkpoints/${checkpoint.id}`),
          },
        ]
      : []),
    'separator',
    ...copyActions(`/tasks/${task.id}?message=${message.id}`, message.id),
  ]
}

export function checkpointActions(checkpoint: CheckpointView, { task, ask, open }: Tools): MenuAction[] {
  const place = `checkpoint ${checkpoint.number}`
  const target = { taskId: task.id, taskName: task.name, place }
  return [
    { label: 'Open', icon: GitCommitVertical, onSelect: () => open(`/checkpoints/${checkpoint.id}`) },
    {
      label: 'Rewind here',
      icon: RotateCcw,
      onSelect: () =>
        ask({
          ...target,
          kind: 'rewind',
          checkpointId: checkpoint.id,
          messageId: checkpoint.messageId,
          codeUnavailableReason: task.codeUnavailableReason,
          what: 'code',
        }),
    },
    {
      label: 'Fork from here',
      icon: GitFork,
      onSelect: () => ask({ ...target, kind: 'fork', from: { type: 'checkpoint', value: checkpoint.id } }),
    },
    {
      label: 'Branch',
      icon: GitBranch,
      onSelect: () => ask({ ...target, kind: 'branch', checkpointId: checkpoint.id }),
    },
    'separator',
    ...copyActions(`/checkpoints/${checkpoint.id}`, checkpoint.id),
  ]
}

function copyActions(path: string, id: string): MenuAction[] {
  return [
    { label: 'Copy link', icon: Link2, onSelect: () => void copyText(`${window.location.origin}${path}`, 'Link') },
    { label: 'Copy id', icon: Copy, onSelect: () => void copyText(id, 'Id') },
  ]
}
