import Link from 'next/link'
import type { SourceView } from '@/server/services/views'
import { ForgetButton } from '@/components/forget/forget-button'
import { formatBytes, formatCount, formatNoun, shortenPath } from '@/components/ui/format'

const NUMBERS: { name: string; of: (source: SourceView) => string }[] = [
  { name: 'Size', of: (source) => formatBytes(source.bytes) },
  { name: 'Records', of: (source) => formatCount(source.records) },
  { name: 'Messages', of: (source) => formatCount(source.messages) },
  { name: 'Tool calls', of: (source) => formatCount(source.toolCalls) },
  { name: 'Unknown', of: (source) => formatCount(source.unknown) },
  { name: 'Healed', of: (source) => formatCount(source.healed) },
  { name: 'Bad', of: (source) => formatCount(source.bad) },
]

/** What came of each source, and why one was skipped. */
export function SourceTable({ sources }: { sources: SourceView[] }) {
  if (sources.length === 0) return <p className="text-xs text-ink-3">No source was found there.</p>
  return (
    <div role="region" aria-label="Sources" tabIndex={0} className="overflow-x-auto">
      <table className="tabular w-full text-xs">
        <thead>
          <tr className="text-left text-2xs text-ink-3">
            <th scope="col" className="pr-3 pb-1 font-medium">
              Source
            </th>
            {NUMBERS.map(({ name }) => (
              <th key={name} scope="col" className="pb-1 pl-3 text-right font-medium whitespace-nowrap">
                {name}
              </th>
            ))}
            <td />
          </tr>
        </thead>
        <tbody>
          {sources.map((source) => (
            <tr key={`${source.id}${source.path}`} className="border-t border-line align-top">
              <td className="max-w-80 py-1 pr-3">
                <SourceName source={source} />
              </td>
              {source.skipped ? (
                <td colSpan={NUMBERS.length + 1} className="py-1 pl-3 text-ink-2">
                  skipped: {source.skipped}
                </td>
              ) : (
                NUMBERS.map(({ name, of }) => (
                  <td key={name} className="py-1 pl-3 text-right whitespace-nowrap">
                    {of(source)}
                  </td>
                ))
              )}
              {source.id !== null && (
                <td className="pl-3">
                  <ForgetButton kind="transcript" id={source.id} then="/operations?tab=imports" />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function SourceName({ source }: { source: SourceView }) {
  return (
    <>
      {source.taskId ? (
        <Link
          href={`/tasks/${source.taskId}`}
          prefetch={false}
          title={source.path}
          className="font-mono break-all text-accent hover:underline"
        >
          {shortenPath(source.path, 48)}
        </Link>
      ) : (
        <span title={source.path} className="font-mono break-all">
          {shortenPath(source.path, 48)}
        </span>
      )}
      {source.blanked > 0 && (
        <span className="block text-2xs text-ink-3">
          {formatNoun(source.blanked, 'place')} blanked: no longer byte for byte the agent’s
        </span>
      )}
      {source.outcome && <span className="block text-2xs text-ink-3">{source.outcome}</span>}
      {source.problems.length > 0 && (
        <details className="text-2xs text-warn">
          <summary>{formatNoun(source.problems.length, 'problem')}</summary>
          <ul>
            {source.problems.slice(0, 50).map((problem) => (
              <li key={`${problem.line}${problem.reason}`}>
                line {formatCount(problem.line)}: {problem.reason}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}
