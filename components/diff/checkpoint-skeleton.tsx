import { PageHeader } from '@/components/shell/page-header'
import { Skeleton } from '@/components/ui/skeleton'
import { SkeletonRows } from '@/components/ui/skeleton-rows'

/** A checkpoint before it is there, in its shape. */
export function CheckpointSkeleton() {
  return (
    <>
      <PageHeader title={<Skeleton className="h-4 w-72" />}>
        <Skeleton className="mb-3 h-3 w-3/4" />
      </PageHeader>
      <div className="h-9 border-b border-line" />
      <SkeletonRows rows={14} height={36} label="Loading the checkpoint" />
    </>
  )
}
