'use client'
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useState } from 'react'
import { toast } from '@/components/ui/toast'
import type { ApiKeyView } from '@/server/services/api-keys'
import { ForgetPanel } from '@/components/forget/forget-panel'
import { RetentionPanel } from '@/components/forget/retention-panel'
import { PageHeader } from '@/components/shell/page-header'
import { useTRPC } from '@/components/trpc'
import { Button } from '@/components/ui/button'
import { describeError } from '@/components/ui/error-text'
import { RelativeTime } from '@/components/ui/relative-time'
import { BrowserList } from './browser-list'
import { NewKeyDialog } from './new-key-dialog'

/** Keys with which other programs use the API, the browsers that are signed in, forgetting, and how long things are kept. */
export function SettingsScreen() {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const { data: keys } = useSuspenseQuery(trpc.keys.list.queryOptions())
  const [making, setMaking] = useState(0)
  const revoke = useMutation(
    trpc.keys.revoke.mutationOptions({
      onSuccess: ({ name }) => {
        toast(`The key “${name}” opens nothing any more`)
        void queryClient.invalidateQueries(trpc.keys.pathFilter())
      },
      onError: (error) => void toast.error(describeError(error).detail),
    }),
  )
  return (
    <>
      <PageHeader title="Settings" />
      <div className="flex min-h-0 flex-1 flex-col gap-8 overflow-y-auto px-4 py-4">
        <section aria-label="API keys" className="mx-auto flex w-full max-w-3xl flex-col gap-3">
          <div className="flex flex-wrap items-center gap-3">
            <div className="min-w-0 flex-1">
              <h2 className="text-base font-semibold">API keys</h2>
              <p className="text-sm text-ink-2">
                For programs that use the{' '}
                <Link href="/docs/api" className="text-accent underline">
                  REST API
                </Link>{' '}
                or the command line with a Makima elsewhere: <code>MAKIMA_API_KEY</code>. On this machine the command
                line needs none, and other programs can show what stands in the file <code>token</code> of Makima’s
                folder.
              </p>
            </div>
            <Button size="md" variant="primary" onClick={() => setMaking((number) => Math.abs(number) + 1)}>
              New key
            </Button>
          </div>
          {keys.length === 0 ? (
            <p className="rounded-md border border-line px-3 py-6 text-center text-sm text-ink-2">
              There is no key yet.
            </p>
          ) : (
            <ul className="rounded-md border border-line">
              {keys.map((key) => (
                <KeyRow key={key.id} apiKey={key} onRevoke={() => revoke.mutate({ id: key.id })} />
              ))}
            </ul>
          )}
        </section>
        <BrowserList />
        <ForgetPanel />
        <RetentionPanel />
      </div>
      {making !== 0 && (
        <NewKeyDialog
          key={Math.abs(making)}
          open={making > 0}
          onClose={() => setMaking((number) => -Math.abs(number))}
        />
      )}
    </>
  )
}

const STATES = { open: null, expired: 'over', revoked: 'taken back' } as const

function KeyRow({ apiKey, onRevoke }: { apiKey: ApiKeyView; onRevoke: () => void }) {
  const { name, prefix, scope, state, expiresAt, lastUsedAt } = apiKey
  return (
    <li className="flex items-center gap-3 border-b border-line px-3 py-2 text-sm last:border-b-0">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{name}</p>
        <p className="text-xs text-ink-2">
          <code>{prefix}…</code> · {scope === 'read' ? 'may read' : 'may read and write'} ·{' '}
          {lastUsedAt ? (
            <>
              used <RelativeTime at={lastUsedAt} />
            </>
          ) : (
            'never used'
          )}
          {state === 'open' && expiresAt && ` · until ${expiresAt.toLocaleDateString()}`}
        </p>
      </div>
      {STATES[state] ? (
        <span className="text-xs text-ink-2">{STATES[state]}</span>
      ) : (
        <Button onClick={onRevoke} aria-label={`Take back ${name}`}>
          Take back
        </Button>
      )}
    </li>
  )
}
