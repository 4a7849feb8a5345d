'use client'
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import {
  createTRPCClient,
  httpBatchLink,
  httpLink,
  httpSubscriptionLink,
  type Operation,
  splitLink,
} from '@trpc/client'
import { type ReactNode, useState } from 'react'
import superjson from 'superjson'
import type { AppRouter } from '@/server/root'
import { makeQueryClient } from './query-client'
import { fetchSignedIn } from './signed-out'
import { TRPCProvider } from './trpc'

/** Answers of these can be near a megabyte each, so each travels alone. */
const HEAVY = new Set([
  'conversation.slice',
  'conversation.message',
  'conversation.outline',
  'checkpoints.diff',
  'checkpoints.patch',
  'checkpoints.tree',
  'checkpoints.file',
])

const isSubscription = (op: Operation) => op.type === 'subscription'
const isHeavy = (op: Operation) => HEAVY.has(op.path)

let browserClient: QueryClient | undefined

function getQueryClient(): QueryClient {
  if (typeof window === 'undefined') return makeQueryClient()
  browserClient ??= makeQueryClient()
  return browserClient
}

function getUrl(): string {
  return typeof window === 'undefined' ? `http://127.0.0.1:${process.env.PORT ?? 3000}/api/trpc` : '/api/trpc'
}

export function Providers({ children }: { children: ReactNode }) {
  const queryClient = getQueryClient()
  const [trpcClient] = useState(() => {
    const events = { url: getUrl(), transformer: superjson }
    const options = { ...events, fetch: fetchSignedIn }
    return createTRPCClient<AppRouter>({
      links: [
        splitLink({
          condition: isSubscription,
          true: httpSubscriptionLink(events),
          false: splitLink({
            condition: isHeavy,
            true: httpLink(options),
            false: httpBatchLink({ ...options, maxItems: 8 }),
          }),
        }),
      ],
    })
  })
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  )
}
