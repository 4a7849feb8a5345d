'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { ImportForm } from '@/components/imports/import-form'
import { ImportWatch } from '@/components/imports/import-watch'
import { PageHeader } from '@/components/shell/page-header'
import { useTRPC } from '@/components/trpc'
import { Button } from '@/components/ui/button'
import { describeError } from '@/components/ui/error-text'
import { TextField } from '@/components/ui/text-field'
import { WelcomeCard } from './welcome-card'

/** What an empty Makima offers: try it, bring history in, or begin with a repository. */
export function Welcome() {
  const trpc = useTRPC()
  const router = useRouter()
  const queryClient = useQueryClient()
  const [importId, setImportId] = useState<string | null>(null)
  const open = (contractId: string) => {
    void queryClient.invalidateQueries()
    router.push(`/contracts/${contractId}`)
  }
  const sample = useMutation(
    trpc.contracts.createSample.mutationOptions({ onSuccess: (made) => open(made.contractId) }),
  )
  const create = useMutation(trpc.contracts.create.mutationOptions({ onSuccess: (made) => open(made.contractId) }))
  const onCreate = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const repositoryPath = String(form.get('path') ?? '').trim()
    if (repositoryPath === '') return
    const name =
      String(form.get('name') ?? '').trim() || (repositoryPath.split('/').findLast(Boolean) ?? repositoryPath)
    create.mutate({ name, repositoryPath })
  }
  return (
    <>
      <PageHeader title="Timeline" />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto max-w-2xl px-4 py-10">
          <h2 className="text-xl font-semibold">Nothing here yet</h2>
          <p className="mt-1 mb-6 text-ink-2">
            Makima keeps the history of coding-agent work and lets you go back to any moment of it: the talk, the code,
            or both.
          </p>
          <div className="flex flex-col gap-3">
            <WelcomeCard
              title="Try it with a sample"
              text="A small real git repository with an invented conversation. Rewind, fork and undo in it as you like."
            >
              <Button variant="primary" size="md" disabled={sample.isPending} onClick={() => sample.mutate()}>
                {sample.isPending ? 'Making it' : 'Create the sample contract'}
              </Button>
              <Failure error={sample.error} />
            </WelcomeCard>
            <WelcomeCard
              title="Import your history"
              text="A transcript, a folder of them, or a git repository that agents worked in. In a terminal: makima import PATH"
            >
              <ImportForm onStarted={setImportId} />
              {importId && <ImportWatch id={importId} onFinished={() => void queryClient.invalidateQueries()} />}
            </WelcomeCard>
            <WelcomeCard
              title="Use a repository without a transcript"
              text="Take checkpoints of a folder and go back to them, whatever made the changes."
            >
              <form onSubmit={onCreate} className="flex flex-wrap items-end gap-2">
                <TextField
                  label="Repository folder"
                  name="path"
                  mono
                  placeholder="/home/you/project"
                  className="min-w-56 flex-1"
                />
                <TextField label="Name (may be empty)" name="name" className="w-44 max-sm:w-full" />
                <Button type="submit" size="md" disabled={create.isPending}>
                  Create contract
                </Button>
              </form>
              <Failure error={create.error} />
            </WelcomeCard>
          </div>
        </div>
      </div>
    </>
  )
}

function Failure({ error }: { error: unknown }) {
  return error ? (
    <p role="alert" className="mt-2 text-sm text-del">
      {describeError(error).detail}
    </p>
  ) : null
}
