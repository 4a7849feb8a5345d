import { readText } from '@/components/conversation/tool-input'
import { HunkLines } from './hunk-lines'
import { OutputText } from './output-text'
import type { ToolViewProps } from './tool-view-props'

/** A file written whole. */
export function WriteTool({ message, input, result }: ToolViewProps) {
  const content = readText(input, 'content', 'file_text', 'contents')
  return (
    <div className="flex flex-col gap-2">
      {content !== null ? (
        <HunkLines id={message.id} oldText="" newText={content} />
      ) : (
        message.toolInput && <OutputText id={message.id} label="Input" text={message.toolInput} />
      )}
      {result && message.isError && <OutputText id={message.id} text={result} isError />}
    </div>
  )
}
