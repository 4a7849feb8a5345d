import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'
import { ConversationSkeleton } from './conversation-skeleton'

/** A task before it is there, in its shape. */
export function TaskSkeleton() {
  return (
    <>
      <PageHeader crumbs={[{ href: '/contracts', label: 'Contracts' }]} title={<Skeleton className="h-4 w-72" />}>
        <Skeleton className="mb-3 h-3 w-3/4" />
      </PageHeader>
      <div className="flex min-h-0 flex-1">
        <ConversationSkeleton />
        <div className="w-80 border-l border-line max-xl:hidden" />
      </div>
    </>
  )
}
