'use client'
import {
  Bot,
  ChevronRight,
  CircleHelp,
  FilePen,
  FilePlus2,
  FileText,
  Folder,
  Globe,
  ListTodo,
  type LucideIcon,
  Map as MapIcon,
  Search,
  SquareTerminal,
  Wrench,
} from 'lucide-react'
import Link from 'next/link'
import { memo, useMemo } from 'react'
import type { MessageView } from '@/server/services/views'
import { cx } from '@/components/ui/cx'
import { formatDuration } from '@/components/ui/format'
import { PlusMinus } from '@/components/ui/plus-minus'
import { useRowState } from './row-memory'
import { parseToolInput } from './tool-input'
import type { ToolKind } from './tool-kind'
import { summarizeTool } from './tool-summary'
import { TOOL_VIEWS } from './tools/tool-table'
import { useWholeMessage } from './use-whole-message'

const ICONS: Record<ToolKind, LucideIcon> = {
  edit: FilePen,
  write: FilePlus2,
  patch: FilePen,
  shell: SquareTerminal,
  read: FileText,
  search: Search,
  list: Folder,
  todo: ListTodo,
  task: Bot,
  fetch: Globe,
  websearch: Globe,
  plan: MapIcon,
  question: CircleHelp,
  generic: Wrench,
}

/** A tool call: one line that opens to its input and output. */
export const ToolMessage = memo(function ToolMessage({ taskId, message }: { taskId: string; message: MessageView }) {
  const [open, setOpen] = useRowState(`${message.id} open`, false)
  const told = useMemo(
    () => summarizeTool(message.toolName, parseToolInput(message.toolInput)),
    [message.toolName, message.toolInput],
  )
  const Icon = ICONS[told.kind]
  return (
    <div>
      <div className="flex min-w-0 items-center gap-2">
        <button
          type="button"
          data-open
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="flex min-h-6 min-w-0 flex-1 items-center gap-2 rounded-sm text-left hover:bg-hover pointer-coarse:min-h-9"
        >
          <ChevronRight
            size={12}
            aria-hidden
            className={cx('shrink-0 text-ink-3 transition-transform', open && 'rotate-90')}
          />
          <Icon size={13} aria-hidden className={cx('shrink-0', message.isError ? 'text-del' : 'text-ink-3')} />
          <span className="shrink-0 text-xs text-ink-2">{told.verb}</span>
          <span className={cx('min-w-0 truncate text-xs', told.mono && 'font-mono')} title={told.object}>
            {told.object}
          </span>
          {told.note && <span className="min-w-0 shrink-[3] truncate text-xs text-ink-3">{told.note}</span>}
        </button>
        {message.childTask && (
          <Link
            href={`/tasks/${message.childTask.id}?at=start`}
            prefetch={false}
            className="max-w-48 shrink-0 truncate text-xs text-accent hover:underline max-sm:max-w-24"
          >
            {message.childTask.name}
          </Link>
        )}
        {told.change && <PlusMinus {...told.change} />}
        {message.isError && <span className="shrink-0 text-2xs font-medium text-del">failed</span>}
        {message.durationMs !== null && message.durationMs >= 100 && (
          <span className="tabular shrink-0 text-right text-2xs text-ink-3 max-sm:hidden">
            {formatDuration(message.durationMs)}
          </span>
        )}
      </div>
      {open && <OpenTool taskId={taskId} message={message} kind={told.kind} />}
    </div>
  )
})

function OpenTool({ taskId, message, kind }: { taskId: string; message: MessageView; kind: ToolKind }) {
  const whole = useWholeMessage(taskId, message.id, message.truncated)
  const shown = whole.data
    ? { ...message, toolInput: whole.data.toolInput, toolResult: whole.data.toolResult }
    : message
  const View = TOOL_VIEWS[kind]
  const input = useMemo(() => parseToolInput(shown.toolInput), [shown.toolInput])
  return (
    <div className="mt-1 mb-1.5 ml-5">
      <View message={shown} input={input} result={shown.toolResult} />
      {whole.data?.images.map((image) => (
        <img
          key={image.dataUrl.slice(-40)}
          src={image.dataUrl}
          alt="From the tool"
          className="mt-2 max-h-96 max-w-full rounded-md border border-line"
        />
      ))}
      {message.truncated && whole.isPending && <p className="mt-1 text-2xs text-ink-3">Loading the whole of it</p>}
    </div>
  )
}
