'use client'
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import type { ForgettingView } from '@/server/services/forget/forget-inputs'
import { useTRPC } from '@/components/trpc'
import { Button } from '@/components/ui/button'
import { describeError } from '@/components/ui/error-text'
import { formatNoun } from '@/components/ui/format'
import { RelativeTime } from '@/components/ui/relative-time'
import { COUNT_NAMES } from './count-names'
import { ForgetStringForm } from './forget-string-form'

/** Forgets a string, and tells what was forgotten before. */
export function ForgetPanel() {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const { data: acts } = useSuspenseQuery(trpc.forget.list.queryOptions())
  const allow = useMutation(
    trpc.forget.allowAgain.mutationOptions({
      onSuccess: () => {
        toast('It may come again: import its file')
        void queryClient.invalidateQueries(trpc.forget.pathFilter())
      },
      onError: (error) => void toast.error(describeError(error).detail),
    }),
  )
  return (
    <section aria-label="Forget" className="mx-auto flex w-full max-w-3xl flex-col gap-3">
      <div>
        <h2 className="text-base font-semibold">Forget a string</h2>
        <p className="text-sm text-ink-2">
          A password, a name: it is blanked in every message, transcript, title and share, and saved files that hold it
          go. A contract, a task or a transcript is forgotten on its own page or in the report of its import.
        </p>
      </div>
      <ForgetStringForm />
      {acts.length > 0 && (
        <ul aria-label="What was forgotten" className="rounded-md border border-line">
          {acts.map((act) => (
            <ActRow key={act.id} act={act} onAllow={() => allow.mutate({ id: act.id })} />
          ))}
        </ul>
      )}
    </section>
  )
}

const NAMES: Record<ForgettingView['kind'], string> = {
  contract: 'A contract',
  task: 'A task',
  transcript: 'A transcript',
  string: 'A string',
  retention: 'What was too old',
}

function ActRow({ act, onAllow }: { act: ForgettingView; onAllow: () => void }) {
  const { kind, state, counts, error, isHeld, createdAt } = act
  const told = counts.slice(0, 4).map(({ kind: what, n }) => formatNoun(n, ...COUNT_NAMES[what]))
  return (
    <li className="flex items-center gap-3 border-b border-line px-3 py-2 text-sm last:border-b-0">
      <div className="min-w-0 flex-1">
        <p className="font-medium">
          {NAMES[kind]} {state !== 'done' && <span className="font-normal text-ink-2">· {state}</span>}
        </p>
        <p className="text-xs text-ink-2">
          <RelativeTime at={createdAt} /> · {error ?? told.join(', ')}
        </p>
      </div>
      {isHeld && state === 'done' && <Button onClick={onAllow}>Allow it again</Button>}
    </li>
  )
}
