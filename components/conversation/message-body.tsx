import { BookText, Brain, FileQuestion, Info, Minimize2, Terminal } from 'lucide-react'
import type { MessageView } from '@/server/services/views'
import { firstLine } from '@/components/ui/format'
import { FoldedMessage } from './folded-message'
import { LongText } from './long-text'
import { RawMessage } from './raw-message'
import { ToolMessage } from './tool-message'

/** What a message says, by its kind. */
export function MessageBody({ taskId, message }: { taskId: string; message: MessageView }) {
  switch (message.kind) {
    case 'prompt':
      return (
        <div className="rounded-md border-l-2 border-accent bg-panel px-3 py-2 font-medium">
          <LongText taskId={taskId} message={message} />
        </div>
      )
    case 'command':
      return (
        <div className="flex items-start gap-2 rounded-md border-l-2 border-line-strong bg-panel px-3 py-1.5 font-mono text-xs">
          <Terminal size={13} aria-label="Command" className="mt-0.5 shrink-0 text-ink-3" />
          <div className="min-w-0 flex-1">
            <LongText taskId={taskId} message={message} plain />
          </div>
        </div>
      )
    case 'text':
      return message.text ? (
        <LongText taskId={taskId} message={message} />
      ) : (
        <p className="text-xs text-ink-3">(empty text)</p>
      )
    case 'thinking':
      return message.text === null || message.text === '' ? (
        <p className="flex min-h-6 items-center gap-2 pl-5 text-xs text-ink-3">
          <Brain size={13} aria-hidden /> Thinking, not recorded
        </p>
      ) : (
        <FoldedMessage id={message.id} icon={Brain} title="Thinking" hint={firstLine(message.text, 140)}>
          <LongText taskId={taskId} message={message} />
        </FoldedMessage>
      )
    case 'tool':
      return <ToolMessage taskId={taskId} message={message} />
    case 'summary':
      return (
        <FoldedMessage
          id={message.id}
          icon={BookText}
          title="Summary of what came before"
          hint={firstLine(message.text ?? '', 140)}
        >
          <LongText taskId={taskId} message={message} />
        </FoldedMessage>
      )
    case 'notice':
      if (message.subtype?.startsWith('context:')) {
        const kind = message.subtype.slice('context:'.length).replaceAll('_', ' ')
        return (
          <FoldedMessage id={message.id} icon={Info} title="Told to the agent" hint={kind === 'other' ? '' : kind}>
            <LongText taskId={taskId} message={message} plain />
          </FoldedMessage>
        )
      }
      return message.subtype?.includes('compact') ? (
        <p className="flex items-center gap-2 py-1 text-xs font-medium text-ink-2">
          <span aria-hidden className="h-px flex-1 bg-line-strong" />
          <Minimize2 size={13} aria-hidden /> {message.text ?? 'Conversation compacted'}
          <span aria-hidden className="h-px flex-1 bg-line-strong" />
        </p>
      ) : (
        <div className="flex min-h-6 items-start gap-2 text-xs text-ink-2">
          <Info size={13} aria-hidden className={`mt-[3px] shrink-0 ${message.isError ? 'text-del' : 'text-ink-3'}`} />
          <div className="min-w-0 flex-1">
            <LongText taskId={taskId} message={{ ...message, text: message.text ?? message.subtype }} plain />
          </div>
        </div>
      )
    case 'unknown':
      return (
        <FoldedMessage
          id={message.id}
          icon={FileQuestion}
          title="Record of an unknown kind"
          hint={message.subtype ?? firstLine(message.text ?? '', 100)}
        >
          <RawMessage taskId={taskId} message={message} />
        </FoldedMessage>
      )
    default:
      return message.kind satisfies never
  }
}
