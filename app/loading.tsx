import { SkeletonRows } from '@/components/ui/skeleton-rows'

export default function Loading() {
  return (
    <>
      <div className="h-12 shrink-0 border-b border-line" />
      <SkeletonRows rows={24} height={30} label="Loading" />
    </>
  )
}
