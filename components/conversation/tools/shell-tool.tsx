import { readCommand } from '@/components/conversation/tool-command'
import { NoResult } from './no-result'
import { OutputText } from './output-text'
import type { ToolViewProps } from './tool-view-props'

/** A command and what the terminal answered. */
export function ShellTool({ message, input, result }: ToolViewProps) {
  const command = readCommand(input) ?? message.toolInput ?? ''
  return (
    <div className="flex flex-col gap-2">
      <pre
        tabIndex={0}
        aria-label="Command"
        className="overflow-x-auto rounded-md border border-line bg-panel px-2.5 py-1.5 text-xs leading-[18px] whitespace-pre-wrap [overflow-wrap:anywhere]"
      >
        <span aria-hidden className="text-ink-3 select-none">
          ${' '}
        </span>
        <code>{command}</code>
      </pre>
      {result === null ? <NoResult /> : <OutputText id={message.id} text={result} isError={message.isError === true} />}
    </div>
  )
}
