import Link from 'next/link'
import { Markdown } from '@/components/conversation/markdown'
import { readText } from '@/components/conversation/tool-input'
import { cutText } from '@/components/conversation/cut-text'
import { NoResult } from './no-result'
import { OutputText } from './output-text'
import type { ToolViewProps } from './tool-view-props'

/** A task given to another agent: its words, its answer, and the way to its own conversation. */
export function TaskTool({ message, input, result }: ToolViewProps) {
  const prompt = readText(input, 'prompt', 'message', 'objective', 'query')
  return (
    <div className="flex flex-col gap-2">
      {message.childTask && (
        <Link href={`/tasks/${message.childTask.id}?at=start`} className="text-sm text-accent hover:underline">
          Open the conversation of “{message.childTask.name}”
        </Link>
      )}
      {prompt && <OutputText id={message.id} label="What was asked" text={prompt} />}
      {result === null ? (
        <NoResult />
      ) : result.length < 4000 && !message.isError ? (
        <div className="rounded-md border border-line px-2.5 py-1.5">
          <Markdown text={cutText(result, 4000, 80).text} />
        </div>
      ) : (
        <OutputText id={message.id} text={result} isError={message.isError === true} />
      )}
    </div>
  )
}
