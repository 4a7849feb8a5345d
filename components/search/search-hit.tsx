import Link from 'next/link'
import { RelativeTime } from '@/components/ui/relative-time'
import type { SearchHit } from '@/server/services/views'

/** One message in which something was found; leads to that very message. */
export function SearchHitRow({ hit }: { hit: SearchHit }) {
  return (
    <Link
      href={`/tasks/${hit.taskId}?message=${hit.messageId}`}
      className="flex h-full flex-col justify-center gap-0.5 px-4 hover:bg-hover"
    >
      <span className="flex items-baseline gap-2 text-xs text-ink-2">
        <span className="truncate font-medium text-ink">{hit.taskName}</span>
        <span className="shrink-0 text-ink-3">{hit.toolName ?? hit.role}</span>
        <RelativeTime at={hit.timestamp} className="ml-auto shrink-0 text-ink-3" />
      </span>
      <span className="line-clamp-2 font-mono text-xs break-words text-ink-2" dir="auto">
        <Marked text={hit.snippet} matches={hit.matches} />
      </span>
    </Link>
  )
}

function Marked({ text, matches }: { text: string; matches: [number, number][] }) {
  const ends = [0, ...matches.map(([, to]) => to)]
  return (
    <>
      {matches.map(([from, to], index) => (
        <span key={from}>
          {text.slice(ends[index], from)}
          <mark className="rounded-sm bg-warn-soft text-ink">{text.slice(from, to)}</mark>
        </span>
      ))}
      {text.slice(ends.at(-1))}
    </>
  )
}
