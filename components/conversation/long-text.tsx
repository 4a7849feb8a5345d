'use client'
import type { MessageView } from '@/server/services/views'
import { Button } from '@/components/ui/button'
import { cutMessage } from './cut-text'
import { Markdown } from './markdown'
import { useRowState } from './row-memory'
import { useWholeMessage } from './use-whole-message'

/** Formatting more than this at once would stop the page. */
const FORMATTED = 60_000

/** The text of a message; a very long one begins cut. */
export function LongText({
  taskId,
  message,
  plain = false,
}: {
  taskId: string
  message: MessageView
  plain?: boolean
}) {
  const [all, setAll] = useRowState(`${message.id} all`, false)
  const whole = useWholeMessage(taskId, message.id, all && message.truncated)
  const text = (all ? whole.data?.text : null) ?? message.text ?? ''
  const shown = all ? { text, cut: false } : cutMessage(text)
  const cut = shown.cut || (!all && message.truncated)
  return (
    <>
      {plain || shown.text.length > FORMATTED ? (
        <div className="whitespace-pre-wrap [overflow-wrap:anywhere]">{shown.text}</div>
      ) : (
        <Markdown text={shown.text} />
      )}
      {(cut || all) && (
        <Button variant="ghost" className="-ml-2" onClick={() => setAll(!all)}>
          {all ? (whole.isFetching ? 'Loading the whole of it' : 'Show less') : 'Show all'}
        </Button>
      )}
    </>
  )
}
