import {
  Archive,
  ArchiveRestore,
  CalendarX,
  CircleCheck,
  CircleDashed,
  CircleStop,
  CircleX,
  Download,
  Eraser,
  FileWarning,
  FolderGit2,
  GitBranch,
  GitCommitVertical,
  GitFork,
  GitPullRequest,
  type LucideIcon,
  MessageSquare,
  Minimize2,
  Octagon,
  Play,
  Redo2,
  RotateCcw,
  ShieldCheck,
  ShieldQuestionMark,
  SquareStack,
  Undo2,
  Waypoints,
  Share2,
  Unlink,
} from 'lucide-react'
import type { EventType } from '@/server/services/history'
import { cx } from '@/components/ui/cx'
import type { EventTone } from './event-sentence'

const ICONS: Record<EventType, LucideIcon> = {
  'contract.created': FolderGit2,
  'task.created': SquareStack,
  'task.completed': CircleCheck,
  'task.interrupted': Octagon,
  'task.undone': Undo2,
  'task.redone': Redo2,
  'task.resumed': Play,
  'turn.ended': CircleStop,
  'permission.requested': ShieldQuestionMark,
  'permission.answered': ShieldCheck,
  'message.received': MessageSquare,
  'phase.changed': Waypoints,
  'checkpoint.created': GitCommitVertical,
  'checkpoint.failed': CircleX,
  'conversation.compacted': Minimize2,
  'conversation.rewound': RotateCcw,
  'rewind.requested': CircleDashed,
  'rewind.applied': RotateCcw,
  'rewind.failed': CircleX,
  'fork.created': GitFork,
  'branch.created': GitBranch,
  'operation.undone': Undo2,
  'operation.failed': CircleX,
  'shelf.restored': ArchiveRestore,
  'share.created': Share2,
  'share.revoked': Unlink,
  'shelf.emptied': Archive,
  'import.finished': Download,
  'source.rewritten': FileWarning,
  'pull_request.linked': GitPullRequest,
  'contract.forgotten': Eraser,
  'task.forgotten': Eraser,
  'transcript.forgotten': Eraser,
  'string.forgotten': Eraser,
  'retention.applied': CalendarX,
}

const TONES: Record<EventTone, string> = {
  plain: 'text-ink-3',
  prompt: 'text-accent',
  good: 'text-add',
  bad: 'text-del',
  change: 'text-execute',
}

/** The sign of an event's kind. */
export function EventIcon({ eventType, tone }: { eventType: string; tone: EventTone }) {
  const Icon = ICONS[eventType as EventType] ?? CircleDashed
  return <Icon size={14} aria-hidden className={cx('shrink-0', TONES[tone])} />
}
