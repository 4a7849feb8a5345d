import { TriangleAlert } from 'lucide-react'
import { formatNoun } from '@/components/ui/format'

/** What a checkpoint could not save, and why. */
export function NotCovered({ files }: { files: { path: string; reason: string }[] }) {
  if (files.length === 0) return null
  return (
    <details className="border-b border-line bg-warn-soft px-4 py-1 text-xs">
      <summary className="flex items-center gap-2 font-medium text-warn">
        <TriangleAlert size={13} aria-hidden /> {formatNoun(files.length, 'path')} not covered by this checkpoint
      </summary>
      <ul className="max-h-40 overflow-y-auto py-1 pl-5">
        {files.map((file) => (
          <li key={file.path}>
            <code className="break-all">{file.path}</code> <span className="text-ink-2">{file.reason}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}
