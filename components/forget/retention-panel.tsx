'use client'
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { toast } from 'sonner'
import { useTRPC } from '@/components/trpc'
import { Button } from '@/components/ui/button'
import { describeError } from '@/components/ui/error-text'
import { Modal } from '@/components/ui/modal'
import { TextField } from '@/components/ui/text-field'
import { PreviewBody } from './preview-body'

const KINDS = [
  ['conversationSnapshots', 'Conversation snapshots'],
  ['codeSnapshots', 'Checkpoints and their files'],
  ['shelf', 'Recover shelf'],
  ['transcripts', 'Sessions at rest'],
] as const
type Kind = (typeof KINDS)[number][0]

/** How many days each kind is kept; an empty field keeps it for ever. */
export function RetentionPanel() {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const { data: saved } = useSuspenseQuery(trpc.forget.retention.queryOptions())
  const [texts, setTexts] = useState<Record<Kind, string>>(() => toTexts(saved))
  const [open, setOpen] = useState(false)
  const preview = useMutation(trpc.forget.previewRetention.mutationOptions({ onSuccess: () => setOpen(true) }))
  const save = useMutation(
    trpc.forget.setRetention.mutationOptions({
      onSuccess: () => {
        setOpen(false)
        toast('Saved')
        void queryClient.invalidateQueries(trpc.forget.pathFilter())
      },
    }),
  )
  const error = preview.error ?? save.error
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    preview.mutate(toDays(texts))
  }
  const isSame = KINDS.every(([kind]) => texts[kind] === toTexts(saved)[kind])
  return (
    <section aria-label="Retention" className="mx-auto flex w-full max-w-3xl flex-col gap-3">
      <div>
        <h2 className="text-base font-semibold">Retention</h2>
        <p className="text-sm text-ink-2">
          Days after which things are forgotten by themselves. Empty: kept for ever. What is too old is looked for once
          a day.
        </p>
      </div>
      <form onSubmit={onSubmit} className="flex flex-wrap items-end gap-3">
        {KINDS.map(([kind, label]) => (
          <TextField
            key={kind}
            label={label}
            className="w-44"
            inputMode="numeric"
            placeholder="for ever"
            value={texts[kind]}
            onChange={(event) => setTexts({ ...texts, [kind]: event.target.value.replace(/\D/g, '').slice(0, 5) })}
          />
        ))}
        <Button type="submit" size="md" disabled={isSame || preview.isPending}>
          See what would go
        </Button>
      </form>
      {error && (
        <p role="alert" className="text-sm text-del">
          {describeError(error).detail}
        </p>
      )}
      {preview.data && (
        <Modal
          open={open}
          onClose={() => setOpen(false)}
          wide
          title="Save these days?"
          description="What is older now goes at once, the rest as it grows old. There is no undo."
          footer={
            <>
              <Button size="md" onClick={() => setOpen(false)}>
                Cancel
              </Button>
              <Button size="md" variant="danger" disabled={save.isPending} onClick={() => save.mutate(toDays(texts))}>
                Save
              </Button>
            </>
          }
        >
          <PreviewBody preview={preview.data} />
        </Modal>
      )}
    </section>
  )
}

const toTexts = (days: Record<Kind, number | null>): Record<Kind, string> => {
  const text = (kind: Kind) => days[kind]?.toString() ?? ''
  return {
    conversationSnapshots: text('conversationSnapshots'),
    codeSnapshots: text('codeSnapshots'),
    shelf: text('shelf'),
    transcripts: text('transcripts'),
  }
}

const toDays = (texts: Record<Kind, string>): Record<Kind, number | null> => {
  const days = (kind: Kind) => (texts[kind] === '' ? null : Number(texts[kind]))
  return {
    conversationSnapshots: days('conversationSnapshots'),
    codeSnapshots: days('codeSnapshots'),
    shelf: days('shelf'),
    transcripts: days('transcripts'),
  }
}
