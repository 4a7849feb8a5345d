import type { ForgetPreview } from '@/server/services/forget/forget-inputs'
import { formatBytes, formatCount } from '@/components/ui/format'
import { COUNT_NAMES } from './count-names'

/** What would go, what goes through it, and what stays. */
export function PreviewBody({ preview }: { preview: ForgetPreview }) {
  const { counts, dependents, blocked, remains } = preview
  return (
    <div className="flex flex-col gap-3 text-sm">
      {blocked.map((sentence) => (
        <p key={sentence} role="alert" className="rounded-md border border-del-mark bg-del-soft px-3 py-2">
          {sentence}
        </p>
      ))}
      {dependents.length > 0 && (
        <ul aria-label="Forked from it" className="list-disc pl-5">
          {dependents.map(({ taskId, taskName, contractName }) => (
            <li key={taskId} className="wrap-anywhere">
              {taskName} <span className="text-ink-2">in {contractName}</span>
            </li>
          ))}
        </ul>
      )}
      <section aria-label="What goes">
        <h3 className="mb-1 text-xs font-medium text-ink-2">Goes for good</h3>
        {counts.length === 0 ? (
          <p>Nothing: there is none of it.</p>
        ) : (
          <ul className="tabular grid gap-x-6 sm:grid-cols-2">
            {counts.map(({ kind, n, bytes }) => (
              <li key={kind} className="flex items-baseline gap-2 border-b border-line py-1">
                <span className="min-w-0 flex-1">{COUNT_NAMES[kind][n === 1 ? 0 : 1]}</span>
                {bytes !== null && <span className="text-xs text-ink-3">{formatBytes(bytes)}</span>}
                <span className="font-medium">{formatCount(n)}</span>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section aria-label="What stays">
        <h3 className="mb-1 text-xs font-medium text-ink-2">Stays</h3>
        <ul className="list-disc pl-5 text-ink-2">
          {remains.map((sentence) => (
            <li key={sentence} className="wrap-anywhere">
              {sentence}
            </li>
          ))}
        </ul>
      </section>
    </div>
  )
}
