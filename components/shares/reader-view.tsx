'use client'
import type { SharedMessage } from '@/server/services/shares/share-views'
import { Markdown } from '@/components/conversation/markdown'

/** A page of what the reader will see; words that are selected in it can be masked, by a button or with Enter. */
export function ReaderView({
  messages,
  onSelect,
  onMask,
}: {
  messages: SharedMessage[]
  onSelect: (text: string) => void
  onMask: () => void
}) {
  return (
    <div
      role="region"
      aria-label="What the reader will see"
      tabIndex={0}
      className="flex max-h-96 flex-col gap-2.5 overflow-y-auto rounded-md border border-line bg-canvas px-3 py-2 text-sm"
      onMouseUp={() => onSelect((window.getSelection()?.toString() ?? '').trim())}
      onKeyUp={({ key }) => {
        if (key === 'Enter') onMask()
        else onSelect((window.getSelection()?.toString() ?? '').trim())
      }}
    >
      {messages.map((message, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a page is shown whole and never reordered
        <Message key={index} message={message} />
      ))}
    </div>
  )
}

function Message({ message }: { message: SharedMessage }) {
  return (
    <>
      <Words message={message} />
      {message.images?.map((address) => (
        <img
          key={address.slice(-80)}
          src={address}
          alt="In the message"
          className="max-h-48 max-w-full self-start rounded-sm"
        />
      ))}
    </>
  )
}

function Words({ message: { role, kind, text, toolName, toolInput, toolResult } }: { message: SharedMessage }) {
  if (toolName !== undefined) {
    return (
      <div className="text-xs">
        <code className="font-medium">{toolName}</code>
        {[toolInput, toolResult].map(
          (part, index) =>
            part !== undefined && (
              <pre
                // oxlint-disable-next-line react/no-array-index-key -- input and answer
                key={index}
                className="mt-1 max-h-32 overflow-auto rounded-sm bg-sunken px-2 py-1 whitespace-pre-wrap"
              >
                {part}
              </pre>
            ),
        )}
      </div>
    )
  }
  if (role === 'assistant' && kind !== 'thinking') return <Markdown text={text} />
  const look = role === 'user' ? 'border-l-2 border-accent bg-panel px-2.5 py-1.5' : 'text-ink-2 italic'
  return text === '' ? null : <p className={`whitespace-pre-wrap ${look}`}>{text}</p>
}
