// What pages use: queries run on the server while the page is sent, and the browser goes on with their answers.
import 'server-only'
import { dehydrate, HydrationBoundary } from '@tanstack/react-query'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'
import { headers } from 'next/headers'
import { cache, type ReactNode } from 'react'
import { makeQueryClient } from '@/components/query-client'
import { requestContext } from './request-context'
import { appRouter } from './root'
import { enter } from './services/entry'

/** Every page is asked for through proxy.ts, which asks this too; what is read must not hang on that alone. */
const getContext = cache(async () => enter(requestContext('browser'), await headers(), true))

/** One per page request. */
export const getQueryClient = cache(() => {
  const client = makeQueryClient()
  const { queries, ...defaults } = client.getDefaultOptions()
  // A page must not wait for a second try: the browser makes it when it finds no answer.
  client.setDefaultOptions({ ...defaults, queries: { ...queries, retry: false } })
  return client
})

/** Query options of every procedure, answered in this process. */
export const trpc = createTRPCOptionsProxy({ router: appRouter, ctx: getContext, queryClient: getQueryClient })

type AnyQuery = { queryKey: readonly unknown[] }

/** Begins a query without waiting for it; the page streams on, and its answer follows. */
export function prefetch(options: AnyQuery): void {
  void run(options)
}

/**
 * Waits for quick queries, so that what they give is drawn at once: whatever waits behind a skeleton is shown only after
 * the scripts have begun to run, a third of a second later. A query that fails is tried again by the browser.
 */
export async function prefetchAll(...queries: AnyQuery[]): Promise<void> {
  await Promise.all(queries.map(run))
}

async function run(options: AnyQuery): Promise<void> {
  const client = getQueryClient()
  // What a procedure's key says of itself: plain or paged.
  const meta = options.queryKey[1] as { type?: string } | undefined
  if (meta?.type === 'infinite') await client.prefetchInfiniteQuery(options as never)
  else await client.prefetchQuery(options as never)
}

export function HydrateClient({ children }: { children: ReactNode }) {
  return <HydrationBoundary state={dehydrate(getQueryClient())}>{children}</HydrationBoundary>
}
