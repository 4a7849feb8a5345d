import { Skeleton } from './skeleton'

/** Rows of the height of the list that is loading, so that nothing moves when it comes. */
export function SkeletonRows({ rows, height, label }: { rows: number; height: number; label: string }) {
  return (
    <div role="status" aria-label={label} className="min-h-0 flex-1 overflow-hidden">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} style={{ height }} className="flex items-center gap-3 border-b border-line px-4">
          <Skeleton className="size-4 shrink-0" />
          <Skeleton className="h-3 w-24 shrink-0 max-sm:hidden" />
          <div className="flex-1">
            <div style={{ width: `${35 + ((row * 29) % 50)}%` }}>
              <Skeleton className="h-3 w-full" />
            </div>
          </div>
          <Skeleton className="h-3 w-12 shrink-0" />
        </div>
      ))}
    </div>
  )
}
