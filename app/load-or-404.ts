import type { QueryKey, UseQueryOptions } from '@tanstack/react-query'
import { notFound } from 'next/navigation'
import { getQueryClient } from '@/server/rsc'

/** Waits for the query that decides whether a page exists: what is not there, or no id at all, is the 404 page. */
export async function loadOr404<T, E, D, K extends QueryKey>(
  options: Pick<UseQueryOptions<T, E, D, K>, 'queryFn' | 'queryKey'>,
): Promise<T> {
  try {
    return await getQueryClient().fetchQuery<T, E, T, K>({
      ...options,
      queryFn: options.queryFn,
      retry: false,
    } as never)
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null
    if (code === 'NOT_FOUND' || code === 'BAD_REQUEST') notFound()
    throw error
  }
}
