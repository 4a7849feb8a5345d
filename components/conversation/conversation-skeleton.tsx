import { Skeleton } from '@/components/ui/skeleton'

/** Messages before they are there, in their shape. */
export function ConversationSkeleton() {
  return (
    <div role="status" aria-label="Loading the conversation" className="min-h-0 flex-1 overflow-hidden py-4">
      {Array.from({ length: 9 }, (_, row) => (
        <div key={row} className="mx-auto flex max-w-[920px] gap-3 px-3 py-2">
          <Skeleton className="h-3 w-9 shrink-0 max-sm:hidden" />
          <div className="flex flex-1 flex-col gap-2">
            {row % 3 === 0 ? <Skeleton className="h-12 w-full" /> : <Skeleton className="h-3 w-11/12" />}
            {row % 3 === 1 && <Skeleton className="h-3 w-3/4" />}
          </div>
        </div>
      ))}
    </div>
  )
}
