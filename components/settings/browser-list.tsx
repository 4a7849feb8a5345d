'use client'
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import type { BrowserSessionView } from '@/server/services/browser-sessions/browser-sessions'
import { useTRPC } from '@/components/trpc'
import { Button } from '@/components/ui/button'
import { describeError } from '@/components/ui/error-text'
import { RelativeTime } from '@/components/ui/relative-time'

/** The browsers that are signed in, each of which can be signed out. */
export function BrowserList() {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const { data: browsers } = useSuspenseQuery(trpc.browserSessions.list.queryOptions())
  const end = useMutation(
    trpc.browserSessions.end.mutationOptions({
      onSuccess: (ended) => {
        if (ended.isThis) return window.location.reload()
        toast(`${ended.browser} is signed out`)
        void queryClient.invalidateQueries(trpc.browserSessions.pathFilter())
      },
      onError: (error) => void toast.error(describeError(error).detail),
    }),
  )
  return (
    <section aria-label="Browsers" className="mx-auto mt-8 flex max-w-3xl flex-col gap-3">
      <div>
        <h2 className="text-base font-semibold">Browsers</h2>
        <p className="text-sm text-ink-2">
          These are signed in. <code>makima open</code> signs in another one; one that is not used for 90 days is signed
          out.
        </p>
      </div>
      {browsers.length === 0 ? (
        <p className="rounded-md border border-line px-3 py-6 text-center text-sm text-ink-2">
          No browser is signed in.
        </p>
      ) : (
        <ul className="rounded-md border border-line">
          {browsers.map((browser) => (
            <BrowserRow key={browser.id} browser={browser} onEnd={() => end.mutate({ id: browser.id })} />
          ))}
        </ul>
      )}
    </section>
  )
}

function BrowserRow({ browser, onEnd }: { browser: BrowserSessionView; onEnd: () => void }) {
  return (
    <li className="flex items-center gap-3 border-b border-line px-3 py-2 text-sm last:border-b-0">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">
          {browser.browser}
          {browser.isThis && <span className="ml-2 font-normal text-ink-2">this browser</span>}
        </p>
        <p className="text-xs text-ink-2">
          signed in <RelativeTime at={browser.createdAt} /> · used <RelativeTime at={browser.lastUsedAt} />
        </p>
      </div>
      <Button onClick={onEnd} aria-label={browser.isThis ? 'Sign out this browser' : `Sign out ${browser.browser}`}>
        Sign out
      </Button>
    </li>
  )
}
