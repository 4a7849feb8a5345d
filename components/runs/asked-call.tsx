'use client'
import type { PermissionRequestView } from '@/server/services/runs/run-views'
import { readCommand } from '@/components/conversation/tool-command'
import { readEdits } from '@/components/conversation/tool-edits'
import { readText, type ToolInput } from '@/components/conversation/tool-input'
import { summarizeTool } from '@/components/conversation/tool-summary'
import { HunkLines } from '@/components/conversation/tools/hunk-lines'

/** What an agent wants to do, as the conversation will show it: the whole command, the lines of the change, or its input. */
export function AskedCall({ request }: { request: PermissionRequestView }) {
  const { toolName, input, requestId } = request
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input)
  const asked: ToolInput = isObject ? (input as ToolInput) : {}
  const { kind, verb, object, note } = summarizeTool(toolName, asked)
  const command = kind === 'shell' ? readCommand(asked) : null
  const edits = kind === 'edit' ? readEdits(asked) : []
  const content = kind === 'write' ? readText(asked, 'content', 'file_text', 'contents') : null
  if (command !== null) {
    return (
      <>
        {note && <p className="mb-1 text-ink-2">{note}</p>}
        <Plain text={command} />
      </>
    )
  }
  if (edits.length === 0 && content === null) {
    return <Plain text={typeof input === 'string' ? input : JSON.stringify(input, null, 2)} />
  }
  return (
    <div className="flex flex-col gap-2">
      <p className="text-ink-2">
        {verb} <code>{object}</code>
      </p>
      {edits.map((edit, index) => (
        <HunkLines key={index} id={`${requestId} ${index}`} {...edit} />
      ))}
      {content !== null && <HunkLines id={requestId} oldText="" newText={content} />}
    </div>
  )
}

function Plain({ text }: { text: string }) {
  return (
    <pre tabIndex={0} className="rounded-md bg-sunken p-2 text-xs whitespace-pre-wrap [overflow-wrap:anywhere]">
      {text}
    </pre>
  )
}
