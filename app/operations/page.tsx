import type { Metadata } from 'next'
import { OperationsScreen } from '@/components/operations/operations-screen'
import { SkeletonRows } from '@/components/ui/skeleton-rows'
import { QueryBoundary } from '@/components/ui/query-boundary'
import { HydrateClient } from '@/server/rsc'

export const metadata: Metadata = { title: 'Operations' }

export default function OperationsPage() {
  return (
    <HydrateClient>
      <QueryBoundary fallback={<SkeletonRows rows={12} height={52} label="Loading the operations" />}>
        <OperationsScreen />
      </QueryBoundary>
    </HydrateClient>
  )
}
