'use client'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { LoaderCircle } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { toast } from '@/components/ui/toast'
import type { OperationRequest } from '@/components/operations/operation-request'
import { useTRPC } from '@/components/trpc'
import { Button } from '@/components/ui/button'
import { copyText } from '@/components/ui/copy-text'
import { describeError } from '@/components/ui/error-text'
import { Modal } from '@/components/ui/modal'
import { SelectField } from '@/components/ui/select-field'
import { Skeleton } from '@/components/ui/skeleton'
import { TextArea } from '@/components/ui/text-area'
import { ToggleSwitch } from '@/components/ui/toggle-switch'
import { AGENT_CHOICES, type AgentChoice } from './agent-choices'
import { HandOver } from './hand-over'
import { HandOverWords, useHandOverWords } from './hand-over-words'
import { composePrompt } from './compose-prompt'

type Request = Extract<OperationRequest, { kind: 'resume' }>

/** What the agent will know and be told, then the two ways: run it here, or a command for a terminal. */
export function ResumeDialog({ request, open, onClose }: { request: Request; open: boolean; onClose: () => void }) {
  const trpc = useTRPC()
  const router = useRouter()
  const [agent, setAgent] = useState<AgentChoice | ''>('')
  const [written, setWritten] = useState<string | null>(null)
  const [withTried, setWithTried] = useState(false)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [allow, setAllow] = useState(false)
  const input = {
    taskId: request.taskId,
    atMessageId: request.messageId ?? undefined,
    agent: agent === '' ? undefined : agent,
  }
  const words = useHandOverWords({ taskId: input.taskId, atMessageId: input.atMessageId })
  const preview = useQuery(
    trpc.runs.preview.queryOptions(input, {
      enabled: open,
      staleTime: 0,
      gcTime: 0,
      retry: false,
      placeholderData: keepPreviousData,
    }),
  )
  const resume = useMutation(trpc.runs.resume.mutationOptions())
  const resumeContract = useMutation(trpc.runs.resumeContract.mutationOptions())
  const shown = preview.data
  const text = written ?? shown?.prompt ?? ''
  const settings = {
    agent: input.agent,
    permissions: allow ? ('allow' as const) : ('ask' as const),
    additionalContext: shown ? composePrompt(text, shown, { withTried, chosen }) : undefined,
  }
  const isBusy = resume.isPending || resumeContract.isPending
  const error = resume.error ?? resumeContract.error ?? preview.error
  const goTo = (taskId: string) => {
    onClose()
    if (taskId !== request.taskId) router.push(`/tasks/${taskId}`)
  }
  const runHere = async () => {
    if (request.contractId) {
      const runs = await resumeContract.mutateAsync({ contractId: request.contractId, ...settings })
      toast(runs.length === 1 ? 'The agent goes on' : `${runs.length} agents go on`)
      return onClose()
    }
    const run = await resume.mutateAsync({ ...input, ...settings, brief: words.isWanted ? words.text : undefined })
    if (run.error) return
    toast('The agent goes on')
    goTo(run.taskId)
  }
  const copyCommand = async () => {
    const run = await resume.mutateAsync({ ...input, ...settings, print: true })
    if (run.command) await copyText(run.command, 'Command')
    if (!run.error) goTo(run.taskId)
  }
  const failed = resume.data?.error?.detail
  const isUntold = words.isWanted && (words.text ?? '').trim() === ''
  const disabled = isUntold || !shown || shown.unavailable !== null || isBusy
  return (
    <Modal
      open={open}
      onClose={onClose}
      title={
        request.contractId
          ? `Resume the contract “${request.taskName}”`
          : `Resume “${request.taskName}”${request.place ? ` from ${request.place}` : ''}`
      }
      description={
        request.place
          ? 'It goes on in a task of its own; this one stays as it is.'
          : "The agent's own session is not changed: a new one is written beside it."
      }
      wide
      footer={
        <>
          <p role="status" className="mr-auto text-xs text-ink-2">
            {isBusy && (
              <span className="inline-flex items-center gap-1.5">
                <LoaderCircle size={14} className="animate-spin" aria-hidden /> Writing the session
              </span>
            )}
          </p>
          <Button size="md" onClick={onClose}>
            Cancel
          </Button>
          {!request.contractId && (
            <Button
              size="md"
              disabled={disabled || shown.messages === 0 || words.isWanted}
              onClick={() => void copyCommand().catch(() => {})}
            >
              Copy the command
            </Button>
          )}
          <Button size="md" variant="primary" disabled={disabled} onClick={() => void runHere().catch(() => {})}>
            Run it here
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {(error || failed) && (
          <p role="alert" className="rounded-md border border-del-mark bg-del-soft px-3 py-2 text-sm">
            {failed ?? describeError(error).detail}
          </p>
        )}
        {!shown && !error && (
          <div role="status" aria-label="Looking at what the agent will know" className="flex flex-col gap-2">
            <Skeleton className="h-4 w-3/4" />
            <Skeleton className="h-24 w-full" />
          </div>
        )}
        {shown && (
          <>
            {shown.unavailable && (
              <p role="alert" className="rounded-md border border-line bg-warn-soft px-3 py-2 text-sm">
                {shown.unavailable}
              </p>
            )}
            <HandOver view={shown} chosen={chosen} onChoose={setChosen} withTried={withTried} onTried={setWithTried} />
            {!request.contractId && shown.messages > 0 && <HandOverWords words={words} />}
            <TextArea
              label="What the agent is told"
              rows={5}
              value={text}
              onChange={(event) => setWritten(event.target.value)}
            />
            <div className="flex flex-wrap items-start gap-x-6 gap-y-2">
              <span className="flex items-center gap-2 text-sm">
                Agent
                <SelectField
                  label="Agent"
                  value={agent === '' ? shown.agent : agent}
                  onChange={(next) => setAgent(next as AgentChoice)}
                  options={AGENT_CHOICES}
                />
              </span>
              <ToggleSwitch
                checked={allow}
                onChange={setAllow}
                label="Allow everything in the folder"
                hint="Off: what needs a permission is asked on the task's page."
              />
            </div>
          </>
        )}
      </div>
    </Modal>
  )
}
