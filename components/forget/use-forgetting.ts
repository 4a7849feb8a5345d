'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent } from 'react'
import type { ForgettingView, Subject } from '@/server/services/forget/forget-inputs'
import { useTRPC } from '@/components/trpc'

/** Looks at what would go, has it forgotten, and follows that to its end. */
export function useForgetting(subject: Subject, onDone: (done: ForgettingView) => void) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const preview = useMutation(trpc.forget.preview.mutationOptions())
  const { mutate: look } = preview
  const question = JSON.stringify(subject)
  useEffect(() => look(JSON.parse(question) as Subject), [look, question])
  const apply = useMutation(trpc.forget.forget.mutationOptions())
  const id = apply.data?.id ?? null
  const poll = useQuery(
    trpc.forget.get.queryOptions({ id: id ?? '' }, { enabled: id !== null, refetchInterval: 500, staleTime: 0 }),
  )
  const told = poll.data ?? apply.data ?? null
  const state = told?.state ?? null
  const settle = useEffectEvent(() => {
    if (!told || state !== 'done') return
    onDone(told)
    // Only what is shown is asked for again: a page of what is gone would say that it is not there.
    void queryClient.invalidateQueries(trpc.forget.pathFilter())
  })
  useEffect(() => settle(), [state])
  return {
    preview: preview.data ?? null,
    looking: preview.isPending,
    running: apply.isPending || state === 'queued' || state === 'running',
    step: told?.step ?? null,
    error: preview.error ?? apply.error ?? (state === 'failed' ? (told?.error ?? 'It failed.') : null),
    start: (planHash: string) => apply.mutate({ ...subject, planHash }),
    lookAgain: () => {
      apply.reset()
      look(subject)
    },
  }
}
