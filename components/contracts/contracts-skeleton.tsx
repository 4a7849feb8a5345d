import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'
import { SkeletonRows } from '@/components/ui/skeleton-rows'

/** The list of contracts before it is there, in its shape. */
export function ContractsSkeleton() {
  return (
    <>
      <PageHeader title="Contracts" />
      <div className="flex h-11 items-center gap-1.5 border-b border-line px-4">
        <Skeleton className="h-7 w-56" />
        <Skeleton className="h-7 w-24" />
      </div>
      <SkeletonRows rows={16} height={44} label="Loading the contracts" />
    </>
  )
}
