import { readEdits } from '@/components/conversation/tool-edits'
import { HunkLines } from './hunk-lines'
import { OutputText } from './output-text'
import type { ToolViewProps } from './tool-view-props'

/** Replacements in a file, each as a diff. The answer is shown only when it says something went wrong. */
export function EditTool({ message, input, result }: ToolViewProps) {
  const edits = readEdits(input)
  return (
    <div className="flex flex-col gap-2">
      {edits.map((edit, index) => (
        <HunkLines key={index} id={`${message.id} ${index}`} {...edit} />
      ))}
      {edits.length === 0 && message.toolInput && <OutputText id={message.id} label="Input" text={message.toolInput} />}
      {result && (message.isError || edits.length === 0) && (
        <OutputText id={message.id} text={result} isError={message.isError === true} />
      )}
    </div>
  )
}
