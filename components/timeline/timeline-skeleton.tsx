import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'
import { SkeletonRows } from '@/components/ui/skeleton-rows'

/** The timeline before it is there, in its shape. */
export function TimelineSkeleton() {
  return (
    <>
      <PageHeader title="Timeline" />
      <div className="px-4 pt-2 pb-1">
        <Skeleton className="h-9 w-full" />
      </div>
      <div className="flex h-10 items-center gap-1.5 border-b border-line px-4">
        <Skeleton className="h-7 w-20" />
        <Skeleton className="h-7 w-20" />
      </div>
      <SkeletonRows rows={24} height={30} label="Loading the timeline" />
    </>
  )
}
