import type { Metadata } from 'next'
import { SettingsScreen } from '@/components/settings/settings-screen'
import { QueryBoundary } from '@/components/ui/query-boundary'
import { SkeletonRows } from '@/components/ui/skeleton-rows'
import { HydrateClient, prefetch, trpc } from '@/server/rsc'

export const metadata: Metadata = { title: 'Settings' }

export default function SettingsPage() {
  prefetch(trpc.keys.list.queryOptions())
  prefetch(trpc.browserSessions.list.queryOptions())
  prefetch(trpc.forget.list.queryOptions())
  prefetch(trpc.forget.retention.queryOptions())
  return (
    <HydrateClient>
      <QueryBoundary fallback={<SkeletonRows rows={6} height={52} label="Loading the settings" />}>
        <SettingsScreen />
      </QueryBoundary>
    </HydrateClient>
  )
}
