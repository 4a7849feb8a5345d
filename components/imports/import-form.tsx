'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useTRPC } from '@/components/trpc'
import { Button } from '@/components/ui/button'
import { describeError } from '@/components/ui/error-text'
import { TextField } from '@/components/ui/text-field'

/** Starts an import of a path, or of the usual places when the path is left empty. */
export function ImportForm({ onStarted }: { onStarted: (importId: string) => void }) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const start = useMutation(
    trpc.imports.start.mutationOptions({
      onSuccess: ({ importId }) => {
        void queryClient.invalidateQueries(trpc.imports.pathFilter())
        onStarted(importId)
      },
    }),
  )
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const path = String(new FormData(event.currentTarget).get('path') ?? '').trim()
    start.mutate(path === '' ? {} : { path })
  }
  return (
    <form onSubmit={onSubmit}>
      <div className="flex flex-wrap items-end gap-2">
        <TextField
          label="Path to import"
          name="path"
          mono
          placeholder="empty: where agents usually keep their transcripts"
          className="min-w-56 flex-1"
        />
        <Button type="submit" size="md" disabled={start.isPending}>
          Import
        </Button>
      </div>
      {start.error && (
        <p role="alert" className="mt-2 text-sm text-del">
          {describeError(start.error).detail}
        </p>
      )}
    </form>
  )
}
