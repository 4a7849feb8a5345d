import type { ImportView } from '@/server/services/views'
import { formatBytes, formatCount, formatNoun } from '@/components/ui/format'
import { ProgressBar } from '@/components/ui/progress-bar'

const PHASES: Record<ImportView['progress']['phase'], string> = {
  waiting: 'Waiting for the worker',
  looking: 'Looking for transcripts',
  reading: 'Reading',
  checkpoints: 'Finding checkpoints',
  finishing: 'Finishing',
  done: 'Done',
}

/** How far an import is, in one bar and one line of counts. */
export function ImportProgressView({ view }: { view: ImportView }) {
  const { progress } = view
  const done = view.state === 'done' ? 1 : progress.bytesTotal > 0 ? progress.bytesDone / progress.bytesTotal : 0
  return (
    <div className="mt-3 flex flex-col gap-1.5" aria-live="polite">
      <ProgressBar value={done} label={`Import of ${view.path ?? 'the usual places'}`} />
      <p className="tabular flex flex-wrap gap-x-3 text-xs text-ink-2">
        <span className="font-medium text-ink">{view.state === 'failed' ? 'Failed' : PHASES[progress.phase]}</span>
        <span>
          {formatCount(progress.sourcesDone)} of {formatNoun(progress.sourcesTotal, 'source')}
        </span>
        <span>{formatNoun(progress.messages, 'message')}</span>
        <span>
          {formatBytes(progress.bytesDone)} of {formatBytes(progress.bytesTotal)}
        </span>
        {progress.bytesPerSecond > 0 && view.state === 'running' && (
          <span>{formatBytes(progress.bytesPerSecond)}/s</span>
        )}
      </p>
      {progress.current && view.state === 'running' && (
        <p className="truncate font-mono text-2xs text-ink-3">{progress.current}</p>
      )}
      {view.error && <p className="text-sm text-del">{view.error}</p>}
    </div>
  )
}
