'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import { toast } from '@/components/ui/toast'
import type { ContractDetail, Phase } from '@/server/services/views'
import { PHASE_NAMES } from '@/components/timeline/event-filters'
import { useTRPC } from '@/components/trpc'
import { Button } from '@/components/ui/button'
import { describeError } from '@/components/ui/error-text'
import { Modal } from '@/components/ui/modal'
import { SelectField } from '@/components/ui/select-field'
import { LimitFields } from './limit-fields'
import { toLimits, toTexts } from './limit-values'

const PHASE_OPTIONS = PHASE_NAMES.map((phase) => ({ value: phase, label: phase }))

/** Where a contract stands, and how much its agents may do. */
export function ContractSettingsDialog({
  contract,
  open,
  onClose,
}: {
  contract: ContractDetail
  open: boolean
  onClose: () => void
}) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const form = useId()
  const [phase, setPhase] = useState<Phase>(contract.phase)
  const [limits, setLimits] = useState(toTexts(contract.limits))
  const advance = useMutation(trpc.contracts.advancePhase.mutationOptions())
  const change = useMutation(trpc.contracts.changeLimits.mutationOptions())
  const error = advance.error ?? change.error
  const save = async () => {
    await change.mutateAsync({ id: contract.id, ...toLimits(limits) })
    if (phase !== contract.phase) await advance.mutateAsync({ id: contract.id, phase })
    void queryClient.invalidateQueries(trpc.contracts.pathFilter())
    toast('Saved')
    onClose()
  }
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    // What went wrong is told by the mutation.
    void save().catch(() => {})
  }
  return (
    <Modal
      open={open}
      onClose={onClose}
      title="Phase and limits"
      description="Limits hold for agents that Makima runs. Runs that wait for a place begin when the limit lets them."
      footer={
        <>
          <Button size="md" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            form={form}
            size="md"
            variant="primary"
            disabled={advance.isPending || change.isPending}
          >
            Save
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={onSubmit} className="flex flex-col gap-4">
        {error && (
          <p role="alert" className="rounded-md border border-del-mark bg-del-soft px-3 py-2 text-sm">
            {describeError(error).detail}
          </p>
        )}
        <span className="flex items-center gap-2 text-sm">
          Phase
          <SelectField
            label="Phase"
            value={phase}
            onChange={(next) => setPhase(next as Phase)}
            options={PHASE_OPTIONS}
          />
        </span>
        <LimitFields value={limits} onChange={setLimits} />
      </form>
    </Modal>
  )
}
