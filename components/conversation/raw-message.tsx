'use client'
import type { MessageView } from '@/server/services/views'
import { OutputText } from './tools/output-text'
import { useWholeMessage } from './use-whole-message'

/** The record behind a message as the agent wrote it. */
export function RawMessage({ taskId, message }: { taskId: string; message: MessageView }) {
  const whole = useWholeMessage(taskId, message.id, true)
  if (whole.isPending) return <p className="text-xs text-ink-3">Loading the record</p>
  const raw = whole.data?.rawRecord ?? message.text
  return raw ? (
    <>
      <OutputText id={message.id} label="Record" text={pretty(raw)} />
      {whole.data?.rawResult && (
        <OutputText id={message.id} label="Record of the result" text={pretty(whole.data.rawResult)} />
      )}
    </>
  ) : (
    <p className="text-xs text-ink-3">The record was not captured.</p>
  )
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2)
  } catch {
    return json
  }
}
