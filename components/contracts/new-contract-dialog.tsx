'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type FormEvent, useId, useState } from 'react'
import { AGENT_CHOICES, type AgentChoice } from '@/components/runs/agent-choices'
import { useTRPC } from '@/components/trpc'
import { Button } from '@/components/ui/button'
import { describeError } from '@/components/ui/error-text'
import { Modal } from '@/components/ui/modal'
import { SelectField } from '@/components/ui/select-field'
import { TextArea } from '@/components/ui/text-area'
import { TextField } from '@/components/ui/text-field'
import { ToggleSwitch } from '@/components/ui/toggle-switch'
import { LimitFields } from './limit-fields'
import { NO_LIMITS, toLimits } from './limit-values'

const AGENTS = [...AGENT_CHOICES, { value: '', label: 'None: checkpoints only' }]

/** A contract of one's own: what is to be done, where, by which agent; its supervisor may begin at once. */
export function NewContractDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const trpc = useTRPC()
  const router = useRouter()
  const queryClient = useQueryClient()
  const form = useId()
  const [agent, setAgent] = useState<AgentChoice | ''>('claude-code')
  const [start, setStart] = useState(true)
  const [allow, setAllow] = useState(false)
  const [limits, setLimits] = useState(NO_LIMITS)
  const [made, setMade] = useState<{ contractId: string; taskId: string } | null>(null)
  const create = useMutation(trpc.contracts.create.mutationOptions())
  const resume = useMutation(trpc.runs.resume.mutationOptions())
  const starts = start && agent !== ''
  const isBusy = create.isPending || resume.isPending
  const error = create.error ?? resume.error
  const failed = resume.data?.error?.detail

  const submit = async (fields: FormData) => {
    const text = (name: string) => String(fields.get(name) ?? '').trim()
    const repositoryPath = text('path')
    const goal = text('goal')
    const name = text('name') || goal.split('\n')[0]?.slice(0, 120) || repositoryPath.split('/').findLast(Boolean)
    // Made once: when only the start failed, the same contract is started again.
    const contract =
      made ??
      (await create.mutateAsync({
        name: name ?? repositoryPath,
        goal,
        repositoryPath,
        ...(agent !== '' && { agent }),
        ...toLimits(limits),
      }))
    setMade(contract)
    void queryClient.invalidateQueries()
    if (!starts) return router.push(`/contracts/${contract.contractId}`)
    const run = await resume.mutateAsync({
      taskId: contract.taskId,
      agent,
      permissions: allow ? 'allow' : 'ask',
    })
    if (!run.error) router.push(`/tasks/${contract.taskId}`)
  }
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    // What went wrong is told by the mutation.
    void submit(new FormData(event.currentTarget)).catch(() => {})
  }
  return (
    <Modal
      open={open}
      onClose={onClose}
      title="New contract"
      description="A piece of work in a repository, with one timeline for all its tasks. Nothing in the folder changes by making it."
      wide
      footer={
        <>
          <Button size="md" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" form={form} size="md" variant="primary" disabled={isBusy}>
            {isBusy ? 'One moment' : starts ? 'Create and start' : 'Create'}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={onSubmit} className="flex flex-col gap-4">
        {(error || failed) && (
          <p role="alert" className="rounded-md border border-del-mark bg-del-soft px-3 py-2 text-sm">
            {failed ?? describeError(error).detail}
            {made && ' The contract was made; starting again starts it.'}
          </p>
        )}
        <TextArea
          label="Goal"
          name="goal"
          rows={4}
          required={starts}
          hint="What is to be done. The supervisor is told this."
        />
        <TextField
          label="Repository folder"
          name="path"
          mono
          required
          placeholder="/home/you/project"
          hint="A folder with a git repository on this machine. The supervisor works in it; tasks that it starts get folders of their own."
        />
        <div className="flex flex-wrap items-end gap-x-4 gap-y-3">
          <TextField
            label="Name"
            name="name"
            placeholder="The first line of the goal"
            className="min-w-56 flex-1"
            maxLength={200}
          />
          <span className="flex h-8 items-center gap-2 text-sm">
            Agent
            <SelectField
              size="md"
              label="Agent"
              value={agent}
              onChange={(next) => setAgent(next as AgentChoice | '')}
              options={AGENTS}
            />
          </span>
        </div>
        <LimitFields value={limits} onChange={setLimits} />
        {agent !== '' && (
          <div className="flex flex-wrap gap-x-6">
            <ToggleSwitch checked={start} onChange={setStart} label="Start the supervisor now" />
            {start && (
              <ToggleSwitch
                checked={allow}
                onChange={setAllow}
                label="Allow everything in the folder"
                hint="Off: what needs a permission is asked on the task's page."
              />
            )}
          </div>
        )}
      </form>
    </Modal>
  )
}
