'use client'
import { WorkerPoolContextProvider } from '@pierre/diffs/react'
import type { ReactNode } from 'react'
import { DIFF_THEME } from './diff-theme'

const POOL = {
  workerFactory: () => new Worker(new URL('@pierre/diffs/worker/worker.js', import.meta.url), { type: 'module' }),
  poolSize: 1,
  // Not an error to the person: the files are then coloured on the page's own thread. Leaving a page while its worker
  // still loads ends here too.
  onWorkerError: () => console.warn('The worker that colours code did not start; the page colours it itself.'),
}
const HIGHLIGHTER = { theme: DIFF_THEME, preferredHighlighter: 'highlights' as const }

/** Colours code away from the page's own thread. */
export function DiffWorkers({ children }: { children: ReactNode }) {
  return (
    <WorkerPoolContextProvider poolOptions={POOL} highlighterOptions={HIGHLIGHTER}>
      {children}
    </WorkerPoolContextProvider>
  )
}
