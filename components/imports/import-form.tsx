'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useTRPC } from '@/components/trpc'
import { askRest } from '@/components/rest'
import { Button } from '@/components/ui/button'
import { describeError } from '@/components/ui/error-text'
import { TextField } from '@/components/ui/text-field'
import { SendFile } from './send-file'

/** Starts an import of a path, of the usual places when the path is left empty, or of a file that is sent. */
export function ImportForm({ onStarted }: { onStarted: (importId: string) => void }) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const onSuccess = ({ importId }: { importId: string }) => {
    void queryClient.invalidateQueries(trpc.imports.pathFilter())
    onStarted(importId)
  }
  const start = useMutation(trpc.imports.start.mutationOptions({ onSuccess }))
  const send = useMutation({ mutationFn: sendFile, onSuccess })
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const path = String(new FormData(event.currentTarget).get('path') ?? '').trim()
    send.reset()
    start.mutate(path === '' ? {} : { path })
  }
  const error = start.error ?? send.error
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
        <SendFile
          sending={send.isPending}
          onChoose={(file) => {
            start.reset()
            send.mutate(file)
          }}
        />
      </div>
      {error && (
        <p role="alert" className="mt-2 text-sm text-del">
          {describeError(error).detail}
        </p>
      )}
    </form>
  )
}

async function sendFile(file: File): Promise<{ importId: string }> {
  const answer = await askRest(`/imports/file?name=${encodeURIComponent(file.name)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: file,
  })
  return (await answer.json()) as { importId: string }
}
