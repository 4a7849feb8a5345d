// What pages use: queries run on the server while the page is sent, and the browser goes on with their answers.
import 'server-only'
import { dehydrate, HydrationBoundary } from '@tanstack/react-query'
import { createTRPCOptionsProxy, type TRPCQueryOptions } from '@trpc/tanstack-react-query'
import { cache, type ReactNode } from 'react'
import { makeQueryClient } from '@/components/query-client'
import { requestContext } from './request-context'
import { appRouter, createCaller } from './root'

const getContext = cache(() => requestContext('browser'))

/** One per page request. */
export const getQueryClient = cache(makeQueryClient)

/** Query options of every procedure, answered in this process. */
export const trpc = createTRPCOptionsProxy({ router: appRouter, ctx: getContext, queryClient: getQueryClient })

/** Calls a procedure and waits; for the one query that decides whether a page exists. */
export const getCaller = cache(() => createCaller(getContext()))

// biome-ignore lint/suspicious/noExplicitAny: the options of any procedure
export function prefetch<T extends ReturnType<TRPCQueryOptions<any>>>(options: T): void {
  const client = getQueryClient()
  // An infinite query carries its first page's parameter in the key.
  const meta = options.queryKey[1] as { type?: string } | undefined
  if (meta?.type === 'infinite') void client.prefetchInfiniteQuery(options as never)
  else void client.prefetchQuery(options)
}

export function HydrateClient({ children }: { children: ReactNode }) {
  return <HydrationBoundary state={dehydrate(getQueryClient())}>{children}</HydrationBoundary>
}
