'use client'
import { useMutation } from '@tanstack/react-query'
import { CircleHelp, LoaderCircle, Square } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { toast } from '@/components/ui/toast'
import type { PermissionRequestView, RunView } from '@/server/services/runs/run-views'
import { Markdown } from '@/components/conversation/markdown'
import { AskedCall } from './asked-call'
import { useTRPC } from '@/components/trpc'
import { Button } from '@/components/ui/button'
import { describeError } from '@/components/ui/error-text'
import { formatDuration } from '@/components/ui/format'
import { useNow } from '@/components/ui/use-now'

const OPEN = ['queued', 'starting', 'running', 'waiting']
const WORDS: Record<string, string> = {
  queued: 'Waiting for the worker',
  starting: 'Writing the session',
  running: 'At work',
  waiting: 'Waits for you',
}

/** Few models think longer than this without a word. */
const SILENT_MS = 3 * 60_000

export const isOpenRun = (run: RunView) => OPEN.includes(run.state)

/** Under a conversation whose agent is at work: what it writes, what it asks, and a button that stops it. */
export function LivePanel({
  run,
  live,
  lastRecordAt,
}: {
  run: RunView
  live: { text: string; thinking: string }
  /** When the newest message of the conversation was recorded. */
  lastRecordAt: Date
}) {
  const trpc = useTRPC()
  const onError = (error: unknown) => void toast.error(describeError(error).detail)
  const stop = useMutation(trpc.runs.stop.mutationOptions({ onError }))
  const silent = useSilence(run, live, lastRecordAt)
  const scroller = useRef<HTMLDivElement>(null)
  useEffect(() => {
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight })
  }, [live.text, live.thinking])
  if (!isOpenRun(run)) return <EndNote run={run} />
  const writes = live.text !== '' || live.thinking !== ''
  return (
    <section aria-label="The agent at work" className="shrink-0 border-t border-line bg-panel">
      <div className="flex items-center gap-3 px-4 py-1.5 text-xs text-ink-2">
        {run.state === 'waiting' ? (
          <CircleHelp size={13} className="text-warn" aria-hidden />
        ) : (
          <LoaderCircle size={13} className="animate-spin text-execute" aria-hidden />
        )}
        <span role="status" className="flex-1">
          {run.waitsFor ?? WORDS[run.state]}
          {silent !== null && (
            <>, silent for {silent}. A command may take long; if it hangs, stop the agent and resume it.</>
          )}
        </span>
        <Button disabled={stop.isPending || stop.isSuccess} onClick={() => stop.mutate({ id: run.id })}>
          <Square size={12} aria-hidden /> {stop.isSuccess ? 'Stopping' : 'Stop'}
        </Button>
      </div>
      {writes && (
        <div ref={scroller} className="max-h-56 overflow-y-auto px-4 pb-3 text-sm">
          {live.thinking !== '' && (
            <p className="whitespace-pre-wrap text-ink-3 italic">{live.thinking.slice(-4_000)}</p>
          )}
          {live.text !== '' && <Markdown text={live.text} />}
        </div>
      )}
      {run.pending.map((request) => (
        <Question key={request.requestId} runId={run.id} request={request} />
      ))}
    </section>
  )
}

/** How long an agent at work has said and recorded nothing, when that is so long that it may hang; else null. */
function useSilence(run: RunView, live: { text: string; thinking: string }, lastRecordAt: Date): string | null {
  const now = useNow()
  const [heardAt, setHeardAt] = useState(0)
  useEffect(() => {
    if (live.text !== '' || live.thinking !== '') setHeardAt(Date.now())
  }, [live.text, live.thinking])
  if (run.state !== 'running' || run.startedAt === null) return null
  const silentMs = now - Math.max(heardAt, run.startedAt.getTime(), lastRecordAt.getTime())
  return silentMs < SILENT_MS ? null : formatDuration(silentMs)
}

function Question({ runId, request }: { runId: string; request: PermissionRequestView }) {
  const trpc = useTRPC()
  const answer = useMutation(
    trpc.runs.answer.mutationOptions({ onError: (error) => void toast.error(describeError(error).detail) }),
  )
  return (
    <div
      role="group"
      aria-label={`Permission to use ${request.toolName}`}
      className="border-t border-line bg-warn-soft px-4 py-2 text-sm"
    >
      <p className="font-medium">The agent asks to use {request.toolName}</p>
      <div className="my-1.5 max-h-60 overflow-auto">
        <AskedCall request={request} />
      </div>
      <div className="flex flex-wrap gap-2">
        {request.options.map((option) => (
          <Button
            key={option.id}
            variant={option.kind === 'allow_once' ? 'primary' : option.kind === 'reject' ? 'danger' : 'secondary'}
            disabled={answer.isPending || answer.isSuccess}
            onClick={() => answer.mutate({ id: runId, requestId: request.requestId, optionId: option.id })}
          >
            {option.label}
          </Button>
        ))}
      </div>
    </div>
  )
}

/** Why the last turn did not end well. */
function EndNote({ run }: { run: RunView }) {
  if (run.error === null) return null
  return (
    <p role="status" className="shrink-0 border-t border-line bg-warn-soft px-4 py-2 text-sm">
      {run.error.detail}
    </p>
  )
}
