'use client'
import dynamic from 'next/dynamic'
import { Skeleton } from '@/components/ui/skeleton'

/** The lines of a patch; the code that colours them is loaded when the first is shown. */
export const PatchView = dynamic(() => import('./patch-view').then((module) => module.PatchView), {
  ssr: false,
  loading: () => (
    <div className="p-3">
      <Skeleton className="h-16 w-full" />
    </div>
  ),
})
