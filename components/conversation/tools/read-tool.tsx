import { readText } from '@/components/conversation/tool-input'
import { NoResult } from './no-result'
import { OutputText } from './output-text'
import type { ToolViewProps } from './tool-view-props'

/** What was asked for and what came: reading, searching, listing, fetching. */
export function ReadTool({ message, input, result }: ToolViewProps) {
  const prompt = readText(input, 'prompt')
  return (
    <div className="flex flex-col gap-2">
      {prompt && <p className="text-xs text-ink-2">{prompt}</p>}
      {result === null ? <NoResult /> : <OutputText id={message.id} text={result} isError={message.isError === true} />}
    </div>
  )
}
