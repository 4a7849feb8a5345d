import { Archive, ArchiveRestore, Trash2 } from 'lucide-react'
import Link from 'next/link'
import type { ShelfItemView } from '@/server/services/views'
import { Button } from '@/components/ui/button'
import { formatBytes, formatNoun } from '@/components/ui/format'
import { IconButton } from '@/components/ui/icon-button'
import { RelativeTime } from '@/components/ui/relative-time'

/** One thing that was left behind: what, how big, how old, and the way back. */
export function ShelfRow({
  item,
  onRestore,
  onEmpty,
}: {
  item: ShelfItemView
  onRestore: () => void
  onEmpty: () => void
}) {
  const holds = [
    item.files > 0 ? formatNoun(item.files, 'file') : null,
    item.messages > 0 ? formatNoun(item.messages, 'message') : null,
  ].filter(Boolean)
  return (
    <div className="flex h-full items-center gap-3 px-4">
      <Archive size={15} aria-hidden className="shrink-0 text-ink-3" />
      <div className="min-w-0 flex-1">
        <p className="truncate" title={item.operationSummary}>
          {item.operationSummary}
        </p>
        <p className="flex gap-2 truncate text-xs text-ink-3">
          <span className="tabular">{holds.join(', ') || 'nothing but the state'}</span>
          {item.taskId && item.taskName && (
            <Link href={`/tasks/${item.taskId}`} prefetch={false} className="truncate hover:text-ink hover:underline">
              {item.taskName}
            </Link>
          )}
        </p>
      </div>
      <span className="tabular w-16 shrink-0 text-right text-xs text-ink-2 max-sm:hidden">
        {formatBytes(item.sizeBytes)}
      </span>
      <RelativeTime at={item.createdAt} className="w-20 shrink-0 text-right text-xs text-ink-2 max-sm:hidden" />
      <Button onClick={onRestore} data-open>
        <ArchiveRestore size={13} aria-hidden /> Bring back
      </Button>
      <IconButton icon={Trash2} label={`Throw away: ${item.operationSummary}`} onClick={onEmpty} />
    </div>
  )
}
