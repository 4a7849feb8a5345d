import { Markdown } from '@/components/conversation/markdown'
import { readText } from '@/components/conversation/tool-input'
import { OutputText } from './output-text'
import type { ToolViewProps } from './tool-view-props'

/** A plan that was laid before the person. */
export function PlanTool({ message, input, result }: ToolViewProps) {
  return (
    <div className="flex flex-col gap-2">
      <Markdown text={(readText(input, 'plan') ?? '').slice(0, 20_000)} />
      {result && <OutputText id={message.id} text={result} isError={message.isError === true} />}
    </div>
  )
}
