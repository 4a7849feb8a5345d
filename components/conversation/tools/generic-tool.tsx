import { NoResult } from './no-result'
import { OutputText } from './output-text'
import type { ToolViewProps } from './tool-view-props'

/** Input and output as they are, for tools without a view of their own. */
export function GenericTool({ message, result }: ToolViewProps) {
  return (
    <div className="flex flex-col gap-2">
      {message.toolInput && message.toolInput !== '{}' && (
        <OutputText id={message.id} label="Input" text={indent(message.toolInput)} />
      )}
      {result === null ? (
        <NoResult />
      ) : (
        <OutputText id={message.id} text={indent(result)} isError={message.isError === true} />
      )}
    </div>
  )
}

function indent(text: string): string {
  if (text.length > 40_000 || !/^\s*[[{]/.test(text)) return text
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
