'use client'
import { useMutation } from '@tanstack/react-query'
import { CircleAlert } from 'lucide-react'
import { useEffect, useEffectEvent } from 'react'
import type { AgentAtWork } from '@/server/services/views'
import { useTRPC } from '@/components/trpc'
import { Button } from '@/components/ui/button'
import { describeError } from '@/components/ui/error-text'

const LOOK_EVERY_MS = 1_000

/** Agents that stand in the way of an operation, with a button that stops those that can be stopped from here. */
export function AgentsAtWork({ agents, onLook }: { agents: AgentAtWork[]; onLook: () => void }) {
  const trpc = useTRPC()
  const stop = useMutation(trpc.runs.stop.mutationOptions())
  const own = agents.flatMap(({ runId }) => runId ?? [])
  const others = agents.filter(({ runId }) => runId === null)
  const isStopping = stop.isPending || stop.isSuccess
  const look = useEffectEvent(onLook)
  // Until the last one is at rest; then the plan has none of them and this is gone.
  useEffect(() => {
    if (!isStopping) return
    const timer = setInterval(() => look(), LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [isStopping])
  const names = agents.map(({ taskName }) => `“${taskName}”`).join(', ')
  return (
    <div role="alert" className="flex items-start gap-3 rounded-md border border-line bg-warn-soft px-3 py-2 text-sm">
      <CircleAlert size={15} aria-hidden className="mt-0.5 shrink-0 text-warn" />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{agents.length === 1 ? 'An agent is at work here' : 'Agents are at work here'}</p>
        <p className="[overflow-wrap:anywhere]">
          {names}. No file is changed under an agent: it must be stopped first.
          {others.length > 0 &&
            ' What was not started by Makima has to be ended where it runs; after five silent minutes it no longer counts.'}
        </p>
        {stop.error && <p className="text-del">{describeError(stop.error).detail}</p>}
      </div>
      {own.length > 0 ? (
        <Button disabled={isStopping} onClick={() => own.forEach((id) => stop.mutate({ id }))}>
          {isStopping ? 'Stopping' : own.length === 1 ? 'Stop the agent' : `Stop ${own.length} agents`}
        </Button>
      ) : (
        <Button onClick={onLook}>Look again</Button>
      )}
    </div>
  )
}
