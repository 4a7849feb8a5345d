'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '@/components/trpc'
import { Button } from '@/components/ui/button'
import { copyText } from '@/components/ui/copy-text'
import { describeError } from '@/components/ui/error-text'
import { Modal } from '@/components/ui/modal'
import { SelectField } from '@/components/ui/select-field'
import { TextField } from '@/components/ui/text-field'
import { ToggleSwitch } from '@/components/ui/toggle-switch'

const EXPIRIES = [
  { value: '30', label: 'for a month' },
  { value: '90', label: 'for three months' },
  { value: '365', label: 'for a year' },
  { value: '', label: 'until taken back' },
]

/** Makes a key and tells it this once. */
export function NewKeyDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [name, setName] = useState('')
  const [readOnly, setReadOnly] = useState(true)
  const [days, setDays] = useState('90')
  const create = useMutation(
    trpc.keys.create.mutationOptions({
      onSuccess: () => void queryClient.invalidateQueries(trpc.keys.pathFilter()),
    }),
  )
  const made = create.data
  const make = () => {
    const expiresInDays = days === '' ? undefined : Number(days)
    create.mutate({ name: name.trim(), scope: readOnly ? 'read' : 'write', expiresInDays })
  }
  return (
    <Modal
      open={open}
      onClose={onClose}
      title={made ? 'The key is made' : 'New API key'}
      description={made ? 'It is told this once: only a hash of it is kept.' : undefined}
      footer={
        <>
          <Button size="md" onClick={onClose}>
            {made ? 'Close' : 'Cancel'}
          </Button>
          {made ? (
            <Button size="md" variant="primary" onClick={() => void copyText(made.key, 'Key')}>
              Copy the key
            </Button>
          ) : (
            <Button size="md" variant="primary" disabled={name.trim() === '' || create.isPending} onClick={make}>
              Make it
            </Button>
          )}
        </>
      }
    >
      {made ? (
        <TextField label="Key" mono readOnly value={made.key} onFocus={(event) => event.target.select()} />
      ) : (
        <div className="flex flex-col gap-3">
          {create.error && (
            <p role="alert" className="text-sm text-del">
              {describeError(create.error).detail}
            </p>
          )}
          <TextField label="What it is for" value={name} onChange={(event) => setName(event.target.value)} />
          <span className="flex items-center gap-2 text-sm">
            It opens
            <SelectField label="How long the key is good" value={days} onChange={setDays} options={EXPIRIES} />
          </span>
          <ToggleSwitch
            checked={readOnly}
            onChange={setReadOnly}
            label="It may only read"
            hint="Off: it may do everything that you may."
          />
        </div>
      )}
    </Modal>
  )
}
