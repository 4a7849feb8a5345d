'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '@/components/trpc'
import { describeError } from '@/components/ui/error-text'
import { formatCount, formatNoun } from '@/components/ui/format'
import { Skeleton } from '@/components/ui/skeleton'
import { TextArea } from '@/components/ui/text-area'
import { ToggleSwitch } from '@/components/ui/toggle-switch'

/** The conversation as a text that a person may change; it is written when it is first wanted. */
export function useHandOverWords(input: { taskId: string; atMessageId: string | undefined }) {
  const trpc = useTRPC()
  const [isWanted, setIsWanted] = useState(false)
  const [edited, setEdited] = useState<string | null>(null)
  const options = { enabled: isWanted, staleTime: Number.POSITIVE_INFINITY, gcTime: 0, retry: false }
  const { data, error } = useQuery(trpc.runs.brief.queryOptions(input, options))
  return { isWanted, setIsWanted, setEdited, error, notCarried: data?.notCarried ?? [], text: edited ?? data?.text }
}

/** Instead of being given the conversation the agent is told it: every word is seen and can be changed. */
export function HandOverWords({ words }: { words: ReturnType<typeof useHandOverWords> }) {
  const { isWanted, setIsWanted, setEdited, error, notCarried, text } = words
  return (
    <div className="flex flex-col gap-2">
      <ToggleSwitch
        checked={isWanted}
        onChange={setIsWanted}
        label="Tell it in words instead"
        hint="It begins anew, in a task of its own, with a text that you can read and change."
      />
      {isWanted && error && (
        <p role="alert" className="text-sm">
          {describeError(error).detail}
        </p>
      )}
      {isWanted && !error && text === undefined && <Skeleton className="h-40 w-full" />}
      {isWanted && text !== undefined && (
        <>
          <TextArea
            label="What it is told of the conversation"
            rows={10}
            value={text}
            onChange={(event) => setEdited(event.target.value)}
          />
          <p className="text-xs text-ink-2">
            {formatNoun(text.length, 'character')}, about {formatCount(Math.round(text.length / 4))} tokens
            {notCarried.length > 0 && `. Left out: ${notCarried.join(' ')}`}
          </p>
        </>
      )}
    </div>
  )
}
