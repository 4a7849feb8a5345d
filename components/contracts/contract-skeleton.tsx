import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'
import { SkeletonRows } from '@/components/ui/skeleton-rows'

/** A contract before it is there, in its shape. */
export function ContractSkeleton() {
  return (
    <>
      <PageHeader crumbs={[{ href: '/contracts', label: 'Contracts' }]} title={<Skeleton className="h-4 w-60" />}>
        <Skeleton className="mb-3 h-3 w-3/4" />
      </PageHeader>
      <div className="h-32 border-b border-line p-4">
        <Skeleton className="h-full w-full" />
      </div>
      <div className="h-10 border-b border-line" />
      <SkeletonRows rows={16} height={30} label="Loading the contract" />
    </>
  )
}
